"""What agents see of the text they write: Markdown as they know it from other forums."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from plateforme.socle.texte import (
    MAX_LINKS,
    MAX_MENTIONS,
    MAX_SOURCE,
    Lien,
    Mention,
    Taille,
    extract_mentions,
    extract_references,
    has_titles,
    hide_titles,
    plain_text,
    render_markdown,
    validate_source,
)

MENTIONS = {"marie-dupont": Mention("/annuaire/3/", "Marie Dupont")}
REL = 'rel="nofollow noopener noreferrer"'


def rendered(source: str, **options: object) -> str:
    return str(render_markdown(source, **options))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("Bonjour", "<p>Bonjour</p>", id="a line is a paragraph"),
        pytest.param("a\n\nb", "<p>a</p><p>b</p>", id="a blank line separates paragraphs"),
        pytest.param("a\nb\r\nc", "<p>a<br>b<br>c</p>", id="line breaks are kept as typed"),
        pytest.param("a\\\nb", "<p>a<br>b</p>", id="a backslash before a break is a break too"),
        pytest.param("# A\n## B\n### C", "<h3>A</h3><h4>B</h4><h5>C</h5>", id="no heading above h3"),
        pytest.param("#### D\n###### F", "<h6>D</h6><h6>F</h6>", id="no heading below h6"),
        pytest.param("# A #", "<h3>A</h3>", id="closing signs of a heading are dropped"),
        pytest.param("#budget\n#", "<p>#budget<br>#</p>", id="a sign without a space is no heading"),
        pytest.param("A\n===\nB\n---", "<h3>A</h3><h4>B</h4>", id="underlined headings"),
        pytest.param(
            "Bien à vous\nJean\n---", "<p>Bien à vous<br>Jean</p><hr>", id="a line under a signature"
        ),
        pytest.param("***\n- - -", "<hr><hr>", id="rules"),
        pytest.param(
            "**a** *b* __c__ _d_", "<p><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em></p>"
        ),
        pytest.param("***a***", "<p><em><strong>a</strong></em></p>", id="both emphases"),
        pytest.param("**Objet :** essai", "<p><strong>Objet :</strong> essai</p>", id="French colon"),
        pytest.param("~~a~~ ~b~", "<p><del>a</del> ~b~</p>", id="strikethrough"),
        pytest.param("2 * 3 * 4 et 2*3*4", "<p>2 * 3 * 4 et 2*3*4</p>", id="products are not emphasis"),
        pytest.param(
            "R.214-1_a_b et nom_de_fichier", "<p>R.214-1_a_b et nom_de_fichier</p>", id="underscores"
        ),
        pytest.param("« l’État » d'abord…", "<p>« l’État » d'abord…</p>", id="French typography untouched"),
        pytest.param(r"\*a\* \_b\_ \# \@x", "<p>*a* _b_ # @x</p>", id="escapes"),
        pytest.param(
            "`a * b` et ``c ` d``", "<p><code>a * b</code> et <code>c ` d</code></p>", id="inline code"
        ),
        pytest.param("a ` b", "<p>a ` b</p>", id="a lone backtick is text"),
        pytest.param("a&nbsp;b &eacute; &copy;", "<p>a\u00a0b é ©</p>", id="entities are characters"),
        pytest.param('a & b < c > d "e"', "<p>a &amp; b &lt; c &gt; d &quot;e&quot;</p>", id="special signs"),
        pytest.param(
            "<b>a</b> <!-- b -->", "<p>&lt;b&gt;a&lt;/b&gt; &lt;!-- b --&gt;</p>", id="HTML is text"
        ),
        pytest.param(
            ":sourire: :+1: :inconnu: 12:30:45", "<p>🙂 👍 :inconnu: 12:30:45</p>", id="emoji names"
        ),
    ],
)
def test_text_and_emphasis(source: str, expected: str) -> None:
    assert rendered(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("- a\n- b", "<ul><li>a</li><li>b</li></ul>", id="bullets"),
        pytest.param(
            "Voici :\n- a\n- b", "<p>Voici :</p><ul><li>a</li><li>b</li></ul>", id="right after a line"
        ),
        pytest.param(
            "Voici :\n1. a\n2. b", "<p>Voici :</p><ol><li>a</li><li>b</li></ol>", id="numbers after a line"
        ),
        pytest.param("depuis\n1986. Bien", "<p>depuis<br>1986. Bien</p>", id="a year ending a sentence"),
        pytest.param("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>', id="first number kept"),
        pytest.param(
            "- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", id="nested by two"
        ),
        pytest.param("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>", id="nested by four"),
        pytest.param("- a\n\t- b", "<ul><li>a<ul><li>b</li></ul></li></ul>", id="nested by a tab"),
        pytest.param(
            "1. a\n  - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", id="nested in numbers"
        ),
        pytest.param("- a\nsuite", "<ul><li>a<br>suite</li></ul>", id="an item goes on"),
        pytest.param("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>", id="spaced items"),
        pytest.param("- a\n\n  b", "<ul><li><p>a</p><p>b</p></li></ul>", id="two paragraphs in an item"),
        pytest.param("- a\n\nfin", "<ul><li>a</li></ul><p>fin</p>", id="text after a list"),
        pytest.param("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>", id="two kinds, two lists"),
        pytest.param("-a\n1.b", "<p>-a<br>1.b</p>", id="a marker without a space is text"),
        pytest.param(
            "- a\n  ```\n  x = 1\n\n    y\n  ```\n- b",
            '<ul><li>a<pre tabindex="0"><code>x = 1\n\n  y\n</code></pre></li><li>b</li></ul>',
            id="code in an item",
        ),
    ],
)
def test_lists(source: str, expected: str) -> None:
    assert rendered(source) == expected


def test_tasks_say_in_words_whether_they_are_done() -> None:
    html = rendered("- [ ] relire\n- [x] envoyer\n- [lien](/x)")
    assert html.count('<li class="texte-tache">') == 2
    assert '<span aria-label="À faire" class="texte-case" role="img">☐</span> relire' in html
    assert '<span aria-label="Fait" class="texte-case" role="img">☑</span> envoyer' in html
    assert "<input" not in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>", id="quote"),
        pytest.param(
            "> a\nréponse", "<blockquote><p>a</p></blockquote><p>réponse</p>", id="answer right below"
        ),
        pytest.param("> > a\n>\n> b", "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote>"),
        pytest.param("> - a\n>   - b", "<blockquote><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>"),
        pytest.param("```python\nx < 1\n```", '<pre tabindex="0"><code>x &lt; 1\n</code></pre>', id="fence"),
        pytest.param("~~~\n```\n~~~", '<pre tabindex="0"><code>```\n</code></pre>', id="another fence"),
        pytest.param("```\na", '<pre tabindex="0"><code>a\n</code></pre>', id="a fence left open"),
        pytest.param("```\n*a* @b [c](d)\n```", '<pre tabindex="0"><code>*a* @b [c](d)\n</code></pre>'),
        pytest.param("    a\n\n    b", '<pre tabindex="0"><code>a\n\nb\n</code></pre>', id="indented code"),
    ],
)
def test_quotes_and_code(source: str, expected: str) -> None:
    assert rendered(source) == expected


def test_a_table_scrolls_on_its_own_and_with_the_keyboard() -> None:
    html = rendered("Effectifs :\n| Service | Agents |\n|:--|--:|\n| DDT | 12 |\n| `a\\|b` |\nfin")
    assert html == (
        "<p>Effectifs :</p>"
        '<div aria-label="Tableau" class="fr-table texte-tableau" role="region" tabindex="0"><table>'
        '<thead><tr><th scope="col">Service</th><th class="texte-droite" scope="col">Agents</th></tr></thead>'
        '<tbody><tr><td>DDT</td><td class="texte-droite">12</td></tr>'
        '<tr><td><code>a|b</code></td><td class="texte-droite"></td></tr></tbody></table></div><p>fin</p>'
    )


@pytest.mark.parametrize(
    "source", ["a | b\nc | d", "| a |\n|---|---|", "a\n|-|", "|" * 90 + "\n" + "|-" * 90]
)
def test_lines_with_pipes_are_not_always_a_table(source: str) -> None:
    assert "<table" not in rendered(source)


def test_footnotes_are_numbered_by_their_calls_and_lead_back() -> None:
    html = rendered("Un[^b] deux[^a] trois[^b] rien[^z].\n\n[^a]: note a\n[^b]: note **b**", prefixe="m7-")
    assert (
        '<sup id="m7-appel-1"><a aria-label="Note 1" class="texte-appel" href="#m7-note-1">1</a></sup>'
        in html
    )
    assert '<sup id="m7-appel-1-2"><a aria-label="Note 1"' in html
    assert "rien[^z]." in html
    notes = html[html.index('<section class="texte-notes">') :]
    assert notes.index("note <strong>b</strong>") < notes.index("note a")
    assert 'class="texte-retour" href="#m7-appel-1">↩</a>' in notes


def test_a_footnote_never_called_is_still_shown() -> None:
    assert "précision" in rendered("Texte\n\n[^1]: précision")


def test_footnotes_of_two_texts_do_not_collide_even_without_a_prefix() -> None:
    first, second = rendered("a[^1]\n\n[^1]: b"), rendered("c[^1]\n\n[^1]: d")
    anchor = first.split('id="')[1].split('"')[0]
    assert anchor not in second
    assert first == rendered("a[^1]\n\n[^1]: b")


def test_an_unfit_prefix_is_not_used() -> None:
    assert "onclick" not in rendered("a[^1]\n\n[^1]: b", prefixe='x" onclick="y')


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("[a](https://x.fr)", f'<a href="https://x.fr" {REL}>a</a>', id="external"),
        pytest.param('[a](/forum/3/ "titre")', '<a href="/forum/3/">a</a>', id="of this site"),
        pytest.param("[a](www.x.fr)", f'<a href="https://www.x.fr" {REL}>a</a>', id="without a scheme"),
        pytest.param("[a](mailto:a@b.fr)", '<a href="mailto:a@b.fr">a</a>', id="mailto"),
        pytest.param("[a](tel:+33123456789)", '<a href="tel:+33123456789">a</a>', id="tel"),
        pytest.param("[*a*](/b)", '<a href="/b"><em>a</em></a>', id="emphasis in a link"),
        pytest.param("[a][r]\n\n[r]: /b", '<a href="/b">a</a>', id="by reference"),
        pytest.param("[R]\n[r]: /b", '<a href="/b">R</a>', id="by short reference"),
        pytest.param("https://x.fr/a_b_c?d=1&e=2", f'<a href="https://x.fr/a_b_c?d=1&amp;e=2" {REL}>'),
        pytest.param(
            "(https://x.fr/A_(b)).", f'(<a href="https://x.fr/A_(b)" {REL}>https://x.fr/A_(b)</a>).'
        ),
        pytest.param("«https://x.fr»", f'«<a href="https://x.fr" {REL}>https://x.fr</a>»'),
        pytest.param("**https://x.fr**", f'<strong><a href="https://x.fr" {REL}>https://x.fr</a></strong>'),
        pytest.param("www.x.fr,", f'<a href="https://www.x.fr" {REL}>www.x.fr</a>,', id="bare www"),
        pytest.param("<https://x.fr/a>", f'<a href="https://x.fr/a" {REL}>https://x.fr/a</a>'),
        pytest.param("marie_l.dupont@x.gouv.fr.", '<a href="mailto:marie_l.dupont@x.gouv.fr">'),
        pytest.param("![plan](/fichiers/1.png)", '<img alt="plan" loading="lazy" src="/fichiers/1.png">'),
        pytest.param("![plan](https://x.fr/1.png)", f'<a href="https://x.fr/1.png" {REL}>plan</a>'),
        pytest.param("[![i](/i.png)](/b)", '<a href="/b"><img alt="i" loading="lazy" src="/i.png"></a>'),
        pytest.param("[voir https://x.fr](/b)", '<a href="/b">voir https://x.fr</a>', id="no link in a link"),
        pytest.param("[a](page.html)", "[a](page.html)", id="what is not an address stays as typed"),
        pytest.param("[](/b)", "[](/b)", id="a link needs words"),
        pytest.param("`https://x.fr`", "<code>https://x.fr</code>", id="not in code"),
    ],
)
def test_links_and_images(source: str, expected: str) -> None:
    assert expected in rendered(source)


def test_mentions_lead_to_the_agents_known() -> None:
    html = rendered("@marie-dupont, @Marie-Dupont et @paul", mentions=MENTIONS)
    assert html.count('<a href="/annuaire/3/" class="texte-mention">@Marie Dupont</a>') == 2
    assert "@paul" in html


@pytest.mark.parametrize(
    "source",
    [
        "`@marie-dupont`",
        "```\n@marie-dupont\n```",
        "contact@marie-dupont.fr",
        "[@marie-dupont](/x)",
        "@marie-dupontel",
        "@marie-dupont_2",
        "@marie-dupont-éloïse",
        r"\@marie-dupont",
        "/@marie-dupont",
    ],
)
def test_what_only_looks_like_a_mention_is_none(source: str) -> None:
    assert "/annuaire/3/" not in rendered(source, mentions=MENTIONS)
    assert "marie-dupont" not in extract_mentions(source)


def test_a_mention_to_a_hostile_address_is_text() -> None:
    assert "href" not in rendered("@x", mentions={"x": Mention("javascript:alert(1)", "X")})
    assert "&lt;b&gt;" in rendered("@x", mentions={"x": Mention("/x/", "<b>")})


def test_mentions_are_extracted_once_in_order() -> None:
    assert extract_mentions("@b @a\n\n- @B\n\n| @c |\n|--|\n| @d |\n\n# @e") == ["b", "a", "c", "d", "e"]


def test_quoted_mentions_do_not_call_again() -> None:
    assert extract_mentions("> @a a écrit\n\n> > @b\n\n- > @c\n\n@d") == ["d"]
    assert "/annuaire/3/" in rendered("> @marie-dupont", mentions=MENTIONS)


def test_too_many_mentions_can_be_seen_without_being_counted() -> None:
    assert len(extract_mentions(" ".join(f"@agent-{n}" for n in range(500)))) == MAX_MENTIONS + 1


@pytest.mark.parametrize(
    ("source", "limit", "expected"),
    [
        ("# Titre\n\n**Bonjour** à _tous_", 100, "Titre Bonjour à tous"),
        ("a\n- b\n- [x] c\n\n> d", 100, "a b ☑ c d"),
        ("[texte](https://x.fr) ![plan](/p.png) `code`", 100, "texte plan code"),
        ("Un[^1] deux\n\n[^1]: la note", 100, "Un deux"),
        ('<b> & "c"', 100, '<b> & "c"'),
        ("Un deux trois quatre", 13, "Un deux…"),
        ("Un deux, trois", 9, "Un deux…"),
        ("anticonstitutionnellement", 10, "anticonst…"),
        ("abc", 3, "abc"),
        ("abc", 0, ""),
        ("", 10, ""),
    ],
)
def test_an_excerpt_is_one_line_cut_at_a_word(source: str, limit: int, expected: str) -> None:
    assert plain_text(source, limit) == expected


def test_an_excerpt_may_be_made_from_html() -> None:
    html = render_markdown("# Titre\n\n**Bonjour** & bienvenue[^1]\n\n[^1]: note")
    assert isinstance(html, SafeString)
    assert plain_text(html, 100) == "Titre Bonjour & bienvenue"
    assert len(plain_text(SafeString(html * 300), 90)) <= 90


@pytest.mark.parametrize("source", ["", "  \n\t", "\u200b\x00"])
def test_an_empty_text_is_refused(source: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_source(source)
    assert refusal.value.code == "vide"


def test_a_text_too_long_is_refused_with_its_length() -> None:
    validate_source("a" * MAX_SOURCE)
    validate_source("\r\n" * 20_000 + "a" * 40_000)
    with pytest.raises(ValidationError) as refusal:
        validate_source("a" * (MAX_SOURCE + 1))
    assert refusal.value.code == "trop_long"
    assert "60\u202f001 caractères" in refusal.value.message


def test_a_text_too_long_is_shown_as_plain_text() -> None:
    html = rendered("**a** <b>\n" + "x" * MAX_SOURCE)
    assert html.startswith("<p>**a** &lt;b&gt;<br>xxx")


def test_a_failure_shows_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RecursionError

    monkeypatch.setattr("plateforme.socle.texte.rendu.convert", fail)
    assert rendered("**a** <b>\nc") == "<p>**a** &lt;b&gt;<br>c</p>"
    assert extract_mentions("@a") == []


def test_what_lies_beyond_a_bound_is_shown_as_typed() -> None:
    html = rendered("- a\n" * 12_000)
    assert html.count("<li>") < 7_000
    assert html.count("a\n") + html.count(">a<") == 12_000
    deep = rendered(">" * 40 + " fond")
    assert deep.count("<blockquote>") == 10
    assert "&gt; fond" in deep


# Addresses of this site, and images


def test_a_bare_address_that_is_known_is_shown_by_its_title() -> None:
    known = {"https://site.test/sujets/7/": Lien("/sujets/7/", "Busage <60 m>", "Question")}
    source = "Voir https://site.test/sujets/7/, puis <https://site.test/sujets/7/>."
    link = (
        '<a href="/sujets/7/" class="texte-lien">Busage &lt;60 m&gt;'
        '<span class="texte-genre">\u00a0· Question</span></a>'
    )
    assert render_markdown(source, liens=known) == f"<p>Voir {link}, puis {link}.</p>"
    # What somebody called by other words keeps them; code and unknown addresses are as typed.
    kept = "[mots](https://site.test/sujets/7/) `https://site.test/sujets/7/` https://site.test/sujets/8/"
    assert "texte-lien" not in render_markdown(kept, liens=known)


def test_a_known_address_cannot_lead_out() -> None:
    for url in ("javascript:alert(1)", "//ailleurs.test/", "/a/..//ailleurs.test"):
        known = {"https://site.test/x": Lien(url, "Titre", "")}
        assert render_markdown("https://site.test/x", liens=known) == "<p>https://site.test/x</p>"


def test_an_image_of_known_size_keeps_its_place() -> None:
    html = render_markdown("![Le fossé](/pieces/1/image/)", tailles={"/pieces/1/image/": Taille(800, 600)})
    assert 'height="600"' in html
    assert 'width="800"' in html


def test_references_of_a_text() -> None:
    source = "@jean http://a.test/1 [x](http://b.test/) ![i](/i.png) `http://c.test` > @non\n\n> @cite http://d.test/"
    found = extract_references(source)
    assert found.mentions == ["jean", "non"]
    assert found.liens == ["http://a.test/1", "http://d.test/"]
    assert found.images == ["/i.png"]
    assert len(extract_references(" ".join(f"http://a.test/{n}" for n in range(500))).liens) == MAX_LINKS


def test_titles_that_may_not_be_shown_are_addresses_again() -> None:
    known = {
        "https://site.test/sujets/7/?a=1&b=2": Lien("/sujets/7/?a=1&b=2", "Un <titre>", "Question"),
        "https://site.test/sujets/8/": Lien("/sujets/8/", "Un autre", ""),
    }
    html = render_markdown(" puis ".join(known) + " et [mots](/sujets/7/)", liens=known)
    assert has_titles(html)
    assert hide_titles(html, {"/sujets/7/?a=1&b=2", "/sujets/8/"}, "https://site.test") == html
    hidden = hide_titles(html, {"/sujets/8/"}, "https://site.test")
    assert "titre" not in hidden
    address = "/sujets/7/?a=1&amp;b=2"
    assert f'<a href="{address}">https://site.test{address}</a> puis' in hidden
    assert ">Un autre</a>" in hidden and '<a href="/sujets/7/">mots</a>' in hidden
    assert not has_titles(hide_titles(html, (), "https://site.test"))
