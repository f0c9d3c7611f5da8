"""What a program reads of its person's account.

GET /balance                      the credits
GET /users/{user_id}/stats        what was made and spent in the last days; of nobody else
"""

from shared.bot.gather_numbers import gather_numbers
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Problem, RestAnswer
from shared.rest.program import RestCall


async def show_balance(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """The credits that can be spent, and those that are held for unfinished jobs."""
    account = call.opened.user.account
    return RestAnswer({"user_id": call.user_id, "available": account.available, "held": account.held})


async def show_stats(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """The numbers of the key's own person. Raises UnavailableError."""
    if call.parameters["user_id"] != str(call.user_id):
        return NOT_FOUND
    use = await gather_numbers(ports, call.user_id)
    numbers = use.numbers
    made = {kind: count for kind, count in sorted(numbers.made.items()) if kind}
    return RestAnswer(
        {
            "user_id": call.user_id,
            "since": numbers.since.isoformat(),
            "made": made,
            "spent": numbers.spent,
            "returned": numbers.returned,
            "usual_seconds": {medium: seconds for medium, seconds in sorted(use.usual.items()) if seconds is not None},
        }
    )
