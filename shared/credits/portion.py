"""Which part of a payment's credits goes when a part of its money goes back. Pure.

Parts of a credit stay with the person, and all the returns of a payment together take what the payment brought.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Portion:
    """One return of a payment; amounts are in the smallest unit of its currency."""

    before: int
    """What went back earlier."""
    after: int
    """What has gone back with this return."""
    paid: int
    """More than 0."""

    @property
    def is_rest(self) -> bool:
        """Whether nothing of the payment is left after it."""
        return self.after >= self.paid

    def of(self, credit_count: int) -> int:
        """How many of so many credits it takes."""
        return credit_count * self.after // self.paid - credit_count * self.before // self.paid

    def name(self, fact: str, credit_count: int) -> str:
        """The fact of what it takes. The first part has the whole's name, so that nobody takes the whole beside it."""
        is_first = not credit_count * self.before // self.paid
        return fact if is_first else f"{fact}:{self.after}"


WHOLE = Portion(0, 1, 1)
"""All of a payment at once."""
