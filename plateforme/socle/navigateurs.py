"""What a browser calls itself, in words, for people to know their own devices."""

# Order matters: Edge and Chrome also say Safari, Edge also says Chrome, Android also says Linux.
NAVIGATEURS = (("Firefox/", "Firefox"), ("Edg", "Edge"), ("Chrom", "Chrome"), ("Safari/", "Safari"))
SYSTEMES = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """« Firefox sur Windows », of a `User-Agent`; « Navigateur inconnu » when it says nothing known."""
    name = next((name for mark, name in NAVIGATEURS if mark in user_agent), "Navigateur inconnu")
    system = next((name for mark, name in SYSTEMES if mark in user_agent), "")
    return f"{name} sur {system}" if system else name
