# Two commands are enough: `make run` and `make test`. `make help` lists the others.
# Compiled Python is kept: without it every start compiles Django again.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
BIN = .venv/bin
# Directories that hold Python of ours.
CODE = plateforme annuaire communautes forum realtime tests bench outils

.PHONY: help run test lint lint-types lint-python lint-templates format unit browser lock bench-forum bench-temps-reel bench-salons bench-annuaire evaluer shell clean
.DEFAULT_GOAL := help

help:
	@echo "make run   [PORT=8000] [HOST=127.0.0.1]  installe et lance la plateforme"
	@echo "make test                                vérifie le code et passe tous les tests"
	@echo "make lint | make format                  vérifie | met en forme le code"
	@echo "make unit | make browser                 tests sans navigateur | dans un navigateur"
	@echo "make lock                                refait les fichiers de dépendances verrouillées"
	@echo "make bench-forum                         mesure la vitesse du forum (10 minutes la première fois)"
	@echo "make bench-temps-reel                    mesure la vitesse du direct (10 minutes)"
	@echo "make bench-salons                        mesure un salon d'un million de lignes (5 minutes la première fois)"
	@echo "make bench-annuaire                      mesure la recherche de l'annuaire (15 minutes la première fois)"
	@echo "make evaluer DOSSIER=… JEU=topic          mesure le classement sur une collection d'essai (LANGUE=english, SORTIE=…)"
	@echo "make clean                               retire l'environnement Python, jamais les données"

.venv/.run: requirements.txt outils/installer.sh
	@sh outils/installer.sh "$(PYTHON)" requirements.txt .venv/.run

.venv/.dev: requirements-dev.txt outils/installer.sh
	@sh outils/installer.sh "$(PYTHON)" requirements-dev.txt .venv/.dev

run: .venv/.run
	@exec $(BIN)/python -m plateforme.launcher --host "$(HOST)" --port "$(PORT)"

# Two at a time: the longest, of types, beside the others.
lint: .venv/.dev
	@$(MAKE) --no-print-directory --output-sync --jobs=2 lint-types lint-python lint-templates

lint-types:
	PLATEFORME_MODE=test $(BIN)/mypy

lint-python:
	$(BIN)/ruff check --no-cache $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/lint-imports --no-cache

lint-templates:
	$(BIN)/djlint --check --lint --quiet templates

format: .venv/.dev
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)
	$(BIN)/djlint --reformat --quiet templates

test: .venv/.dev
	@$(MAKE) --no-print-directory lint
	@sh outils/chromium.sh
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory browser

unit: .venv/.dev
	PLATEFORME_MODE=test $(BIN)/python -m plateforme.local_services run --data .local/test -- $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not navigateur"

# Apart from the others: the browser's driver keeps an event loop in its process, which asynchronous tests cannot share.
browser: .venv/.dev
	@sh outils/chromium.sh
	PLATEFORME_MODE=test $(BIN)/python -m plateforme.local_services run --data .local/test -- $(BIN)/python -m pytest -n 2 --dist loadgroup -m navigateur tests/parcours

lock: .venv/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --extra uvicorn -c requirements.txt pyproject.toml -o requirements-uvicorn.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --extra uvicorn --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

bench-forum: .venv/.dev
	$(BIN)/python -m plateforme.local_services run --data .local/banc -- $(BIN)/python -m bench.forum

bench-temps-reel: .venv/.dev
	$(BIN)/python -m plateforme.local_services run --data .local/banc -- $(BIN)/python -m bench.temps_reel

bench-salons: .venv/.dev
	$(BIN)/python -m plateforme.local_services run --data .local/banc -- $(BIN)/python -m bench.salons

bench-annuaire: .venv/.dev
	POSTGRES_SHARED_BUFFERS=1GB $(BIN)/python -m plateforme.local_services run --data .local/banc -- $(BIN)/python -m bench.annuaire

# DOSSIER, JEU (topic, question), and if wanted LANGUE (french, english), SORTIE (where the ranking is written).
evaluer: .venv/.run
	@test -n "$(DOSSIER)" || { echo "Dites quelle collection : make evaluer DOSSIER=… JEU=topic"; exit 2; }
	@PLATEFORME_MODE=test $(BIN)/python -m plateforme.local_services run --data .local/banc -- $(BIN)/python manage.py evaluer_annuaire "$(DOSSIER)" --jeu "$(or $(JEU),topic)" --langue "$(or $(LANGUE),french)" $(if $(SORTIE),--run "$(SORTIE)")

shell: .venv/.run
	@$(BIN)/python -m plateforme.local_services run --data .local/shell -- $(BIN)/python manage.py shell

clean:
	rm -rf .venv .ruff_cache .mypy_cache .pytest_cache
	@echo "Les données restent dans .local/ ; supprimez ce dossier vous-même pour repartir de zéro."
