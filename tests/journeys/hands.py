"""A person at the French console: presses the keys that the screen names, and reads before going on."""

from tests.journeys.terminal import Terminal

KEY_WANTED = r"Ensuite +a +fournir la nouvelle clé stripe_key"
PLAN_PROPOSED = r"Ensuite +a +lire et approuver le plan"
MAIL_READY = r"Ensuite +m +relire et envoyer le courriel"
DOCUMENT_READY = r"Ensuite +P +relire et publier le post-mortem"
FINISHED = r"Incident clos : tout est fait"
RETRY = r"Ensuite +r +relancer"

_COMMAND = r"\[ Exécuter la commande configurée \]"


def run_key_command(terminal: Terminal) -> None:
    """Have the configured command print the new key."""
    terminal.until(KEY_WANTED)
    terminal.press_until("a", "Coller la clé, puis entrée")
    terminal.until_quiet()
    terminal.press("tab")
    terminal.press_until("right", _COMMAND)
    terminal.press("enter")


def paste_key(terminal: Terminal, key: str) -> None:
    """Paste a key into the prompt, which says how long it is and nothing else."""
    terminal.until(KEY_WANTED)
    terminal.press_until("a", "Coller la clé, puis entrée")
    terminal.until_quiet()
    terminal.paste(key)
    terminal.until(rf"\b{len(key)} caractères? saisis?, non affichés?")
    terminal.press("enter")


def open_plan(terminal: Terminal) -> None:
    """Open what is to be approved; nothing is chosen yet."""
    terminal.until(PLAN_PROPOSED)
    terminal.press_until("a", "Annuler est choisi. Pour approuver : → puis entrée")


def choose_approval(terminal: Terminal) -> None:
    """Choose to approve; only enter will do it."""
    open_plan(terminal)
    terminal.press_until("a", "Entrée approuve : ces changements, et eux seuls")


def approve_plan(terminal: Terminal) -> None:
    """Approve the plan by arrow and enter."""
    open_plan(terminal)
    terminal.until_quiet()
    terminal.press("right")
    terminal.until("Entrée approuve : ces changements, et eux seuls, seront appliqués")
    terminal.press("enter")


def send_mail(terminal: Terminal) -> None:
    """Read the mail and send it."""
    terminal.until(MAIL_READY)
    terminal.press_until("m", "s puis entrée envoie ce texte")
    terminal.press_until("s", "Entrée envoie ce texte au client")
    terminal.press("enter")


def publish(terminal: Terminal) -> None:
    """Read the post-mortem and publish it."""
    terminal.until(DOCUMENT_READY)
    terminal.press_until("P", "P puis entrée publie ce texte")
    terminal.press_until("P", "Entrée publie ce texte")
    terminal.press("enter")


def quit_console(terminal: Terminal) -> int:
    """Leave; return the exit status."""
    terminal.press("ctrl+q")
    return terminal.wait()
