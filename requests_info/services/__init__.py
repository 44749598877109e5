"""Changes of a request's state. Each is one transaction with its event, and says no with `RequestError`."""

from .claiming import claim_request, release_request, take_over_request
from .deciding import decide_request
from .deciding_objections import ObjectionVerdict, decide_objection
from .disputes import (
    Registered,
    close_dispute,
    dispute_counts_from,
    last_day_of_dispute,
    register_dispute,
    respond_to_decision,
)
from .files import add_power_of_attorney, forward_file
from .handing_over import record_handover
from .handling import (
    answer_part,
    complete_request,
    declare_incomplete,
    extend_deadline,
    forward_request,
    return_part,
)
from .identity import record_identity_read, record_identity_reads
from .messages import (
    TooManyMessagesError,
    accept_as_completion,
    lay_aside,
    may_write,
    messages_until,
    write_to_desk,
    write_to_requester,
)
from .objecting import DeskEntry, Objector, openings_of, submit_objection, submit_periodic_objection
from .publishing import approve_answer, drop_draft, withdraw_answer, write_answer
from .rating import rate_request
from .registration import Asked, enter_request, submit_request, withdraw_request
from .service_pages import revise_page
from .steps import RequestError

__all__ = [
    "Asked",
    "DeskEntry",
    "ObjectionVerdict",
    "Objector",
    "Registered",
    "RequestError",
    "TooManyMessagesError",
    "accept_as_completion",
    "add_power_of_attorney",
    "answer_part",
    "approve_answer",
    "claim_request",
    "close_dispute",
    "complete_request",
    "decide_objection",
    "decide_request",
    "declare_incomplete",
    "dispute_counts_from",
    "drop_draft",
    "enter_request",
    "extend_deadline",
    "forward_file",
    "forward_request",
    "last_day_of_dispute",
    "lay_aside",
    "may_write",
    "messages_until",
    "openings_of",
    "rate_request",
    "record_handover",
    "record_identity_read",
    "record_identity_reads",
    "register_dispute",
    "release_request",
    "respond_to_decision",
    "return_part",
    "revise_page",
    "submit_objection",
    "submit_periodic_objection",
    "submit_request",
    "take_over_request",
    "withdraw_answer",
    "withdraw_request",
    "write_answer",
    "write_to_desk",
    "write_to_requester",
]
