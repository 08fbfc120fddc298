"""In a process of the site: a community of so many members, with a session each. Prints them."""

import json
import sys


def main(people: int) -> None:
    from communautes.actions import create_communaute
    from communautes.models import Adhesion
    from realtime.models import Salon
    from tests.realtime.conftest import make_agent, make_session

    agents = [make_agent(f"Agent{number:03}") for number in range(people)]
    communaute = create_communaute(agents[0], nom="Gestion de crise", resume="Entre préfectures")
    Adhesion.objects.bulk_create([Adhesion(communaute=communaute, agent=agent) for agent in agents[1:]])
    print(
        json.dumps(
            {
                "salon": Salon.objects.get(communaute=communaute).pk,
                "communaute": communaute.pk,
                "agents": [[agent.pk, make_session(agent)] for agent in agents],
            }
        )
    )


if __name__ == "__main__":
    import django

    django.setup()
    main(int(sys.argv[1]))
