"""The mails of an IMAP folder: which are not marked, their bytes, and the mark."""

import re
from contextlib import suppress
from datetime import date

from skills.clients.imap_link import Link
from skills.clients.imap_trouble import Refused, refused

_QUOTED = re.compile(rb'BODY\[\](?:<0>)? "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As IMAP spells them, whatever the locale."""


class Folder:
    """The folder of an open link. A mail is marked by a keyword where the server keeps one, and as seen in any case."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._account = link.account
        validity = link.selected("UIDVALIDITY")
        self.validity = int(validity) if validity.isdigit() else 0
        kept = link.selected("PERMANENTFLAGS").decode(errors="replace").lower().strip("()").split()
        listed, promised = self._account.keyword.lower() in kept, "\\*" in kept
        self._by_keyword = listed or promised
        self._tried = listed or not promised

    def unmarked(self, since: date | None) -> list[int]:
        """Return the UIDs of the mails that are not marked, oldest first; those that came since a day, where given."""
        with self._link.asking():
            found = self._search(since)
            if found and not self._tried:
                self._by_keyword, self._tried = self._try_keyword(found[0]), True
                found = found if self._by_keyword else self._search(since)
            return found

    def _search(self, since: date | None) -> list[int]:
        criteria = [f"UNKEYWORD {self._account.keyword}" if self._by_keyword else "UNSEEN"]
        if since is not None:
            criteria.append(f"SINCE {since.day:02}-{_MONTHS[since.month - 1]}-{since.year}")
        return sorted(int(number) for part in self._link.ask("SEARCH", *criteria) if part for number in part.split())

    def _try_keyword(self, uid: int) -> bool:
        """Whether a promised keyword stays, tried with one that means nothing.

        By a mark that the server drops, each session would be offered all the mails again.
        """
        trial = f"{self._account.keyword}Trial"
        with suppress(Refused):
            self._link.ask("STORE", str(uid), "+FLAGS", f"({trial})")
            flags = self._flags(uid)
            self._link.ask("STORE", str(uid), "-FLAGS", f"({trial})")
            return flags is None or trial.lower() in flags
        return False

    def fetch(self, uid: int) -> bytes | None:
        """Return a mail's bytes, marking nothing; None where it is gone.

        Raises:
            Refused: the server does not give this mail.
        """
        with self._link.asking():
            for part in self._link.ask("FETCH", str(uid), f"(BODY.PEEK[]<0.{self._account.largest}>)"):
                if isinstance(part, tuple):
                    return bytes(part[1])
                if part and (quoted := _QUOTED.search(part)):
                    return re.sub(rb"\\(.)", rb"\1", quoted[1])
        return None

    def mark(self, uid: int) -> None:
        """Mark a mail, and see that the mark is there; one that is gone needs none.

        Raises:
            Refused: the account may not.
        """
        keyword = self._account.keyword
        with self._link.asking():
            self._link.ask("STORE", str(uid), "+FLAGS", f"(\\Seen {keyword})" if self._by_keyword else "(\\Seen)")
            flags = self._flags(uid)
        if flags is None or (self._by_keyword and keyword.lower() in flags):
            return
        if self._by_keyword or "\\seen" not in flags:
            raise refused(self._account.place, "to mark a mail", "the flag did not stay")

    def _flags(self, uid: int) -> list[str] | None:
        """Return a mail's flags in lower case, or None where it is gone. The server may tell of other mails too."""
        for part in self._link.ask("FETCH", str(uid), "(FLAGS)"):
            named = isinstance(part, bytes) and re.search(rb"\bUID %d\b" % uid, part)
            if named and (flags := re.search(rb"FLAGS \(([^)]*)\)", part)):
                return flags[1].decode(errors="replace").lower().split()
        return None
