"""Documents of proposals: one each."""

from dataclasses import dataclass

from shared.codec import decode
from shared.ports import Key, Record
from shared.wording.proposal import Proposal


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal and the record it was read from."""

    proposal: Proposal
    record: Record


def proposal_key(proposal_id: str) -> Key:
    """One per wish, or per request to read a prompt."""
    return Key("proposals", proposal_id)


def decode_proposal(record: Record) -> StoredProposal:
    """The proposal in a record."""
    return StoredProposal(decode(Proposal, record.fields), record)
