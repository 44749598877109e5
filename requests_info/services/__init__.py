"""Changes of a request's state. Each is one transaction with its event, and says no with `RequestError`."""

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
from .objecting import DeskEntry, Objector, openings_of, submit_objection, submit_periodic_objection
from .registration import Asked, enter_request, submit_request, withdraw_request
from .steps import RequestError

__all__ = [
    "Asked",
    "DeskEntry",
    "ObjectionVerdict",
    "Objector",
    "Registered",
    "RequestError",
    "answer_part",
    "close_dispute",
    "complete_request",
    "decide_objection",
    "decide_request",
    "declare_incomplete",
    "dispute_counts_from",
    "enter_request",
    "extend_deadline",
    "forward_request",
    "last_day_of_dispute",
    "openings_of",
    "record_handover",
    "record_identity_read",
    "record_identity_reads",
    "register_dispute",
    "respond_to_decision",
    "return_part",
    "submit_objection",
    "submit_periodic_objection",
    "submit_request",
    "withdraw_request",
]
