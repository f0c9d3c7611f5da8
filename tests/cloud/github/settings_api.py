"""Endpoints an administrator uses: the repository's settings, rulesets, environments; and who people are."""

from tests.cloud.github.asking import Answer, Asked, Listed, endpoint
from tests.cloud.github.errors import Json, Refusal, invalid, missing, require, require_known
from tests.cloud.github.state import OWNER, OWNER_ID, REPOSITORY, REPOSITORY_ID, default_settings

PARAMETERS = {
    "creation": set(),
    "deletion": set(),
    "non_fast_forward": set(),
    "update": {"update_allows_fetch_and_merge"},
    "required_linear_history": set(),
    "pull_request": {
        "allowed_merge_methods",
        "dismiss_stale_reviews_on_push",
        "require_code_owner_review",
        "require_last_push_approval",
        "required_approving_review_count",
        "required_review_thread_resolution",
    },
    "required_status_checks": {
        "required_status_checks",
        "strict_required_status_checks_policy",
        "do_not_enforce_on_create",
    },
}
NEEDED = {
    "pull_request": PARAMETERS["pull_request"] - {"allowed_merge_methods"},
    "required_status_checks": {"required_status_checks", "strict_required_status_checks_policy"},
}


@endpoint("GET", "", "metadata")
def get_repository(asked: Asked) -> Answer:
    # The merge settings are shown to administrators only.
    extra = asked.state.settings if "administration" in asked.actor.permissions else {}
    about = {"id": REPOSITORY_ID, "full_name": REPOSITORY, "owner": {"login": OWNER, "id": OWNER_ID}}
    shown = {"default_branch": asked.state.default_branch, "private": asked.state.is_private_and_free}
    return 200, about | shown | extra


@endpoint("GET", "/actions/variables", "administration")
@endpoint("GET", "/environments/{name}/variables", "administration")
def list_variables(asked: Asked) -> Answer:
    values = asked.state.variables.get(find_place(asked), {})
    return 200, Listed([{"name": name, "value": value} for name, value in values.items()], "variables")


@endpoint("GET", "/actions/secrets", "administration")
@endpoint("GET", "/environments/{name}/secrets", "administration")
def list_secrets(asked: Asked) -> Answer:
    names = asked.state.secrets.get(find_place(asked), ())
    return 200, Listed([{"name": name} for name in sorted(names)], "secrets")


def find_place(asked: Asked) -> str:
    """The environment that is asked about, or `""` for the repository. Raises Refusal if there is none of that name."""
    place = asked.parts.get("name", "")
    if place and place not in asked.state.environments:
        raise missing()
    return place


@endpoint("PATCH", "", "administration")
def change_repository(asked: Asked) -> Answer:
    require_known(asked.body, *default_settings())
    asked.state.settings |= asked.body
    return get_repository(asked)


@endpoint("GET", "/actions/permissions/workflow", "administration")
def get_job_permissions(asked: Asked) -> Answer:
    return 200, asked.state.job_permissions


@endpoint("PUT", "/actions/permissions/workflow", "administration")
def set_job_permissions(asked: Asked) -> Answer:
    require_known(asked.body, "default_workflow_permissions", "can_approve_pull_request_reviews")
    asked.state.job_permissions |= asked.body
    return 204, None


@endpoint("GET", "/rulesets", "metadata")
def list_rulesets(asked: Asked) -> Answer:
    if asked.state.is_private_and_free:
        raise Refusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")
    hidden = {"rules", "conditions", "bypass_actors"}
    shown = [{k: v for k, v in each.items() if k not in hidden} for each in asked.state.rulesets.values()]
    return 200, Listed(shown)


@endpoint("GET", "/rulesets/{id}", "metadata")
def get_ruleset(asked: Asked) -> Answer:
    found = asked.state.rulesets.get(int(asked.parts["id"]))
    if found is None:
        raise missing()
    hidden = set() if "administration" in asked.actor.permissions else {"bypass_actors"}
    return 200, {name: value for name, value in found.items() if name not in hidden}


@endpoint("POST", "/rulesets", "administration")
def make_ruleset(asked: Asked) -> Answer:
    return 201, store_ruleset(asked, asked.state.next_id())


@endpoint("PUT", "/rulesets/{id}", "administration")
def change_ruleset(asked: Asked) -> Answer:
    if int(asked.parts["id"]) not in asked.state.rulesets:
        raise missing()
    return 200, store_ruleset(asked, int(asked.parts["id"]))


def store_ruleset(asked: Asked, number: int) -> Json:
    body = asked.body
    require(body, "Ruleset", name=str, target=str, enforcement=str, conditions=dict, rules=list)
    require_known(body, "name", "target", "enforcement", "conditions", "rules", "bypass_actors")
    if body["enforcement"] not in {"active", "disabled", "evaluate"} or body["target"] not in {"branch", "tag", "push"}:
        raise Refusal(422, "Invalid request: enforcement or target")
    require(body["conditions"].get("ref_name", {}), "Ruleset", include=list, exclude=list)
    for rule in body["rules"]:
        check_rule(rule)
    for actor in body.get("bypass_actors", []):
        require_known(actor, "actor_id", "actor_type", "bypass_mode")
    taken = {each["name"] for key, each in asked.state.rulesets.items() if key != number}
    if body["name"] in taken:
        raise invalid("Ruleset", "Name must be unique")
    asked.state.rulesets[number] = {"id": number, "source_type": "Repository", "bypass_actors": [], **body}
    return asked.state.rulesets[number]


def check_rule(rule: Json) -> None:
    kind, parameters = rule.get("type"), rule.get("parameters", {})
    if kind not in PARAMETERS:
        raise Refusal(422, f"Invalid rule '{kind}'")
    lacking = NEEDED.get(kind, set()) - set(parameters)
    if set(parameters) - PARAMETERS[kind] or lacking:
        raise Refusal(422, f"Invalid parameters for {kind}: {sorted(set(parameters) ^ PARAMETERS[kind])}")


@endpoint("GET", "/environments/{name}", "actions")
def get_environment(asked: Asked) -> Answer:
    if asked.parts["name"] not in asked.state.environments:
        raise missing()
    return 200, show_environment(asked, asked.parts["name"])


@endpoint("PUT", "/environments/{name}", "administration")
def set_environment(asked: Asked) -> Answer:
    require_known(asked.body, "wait_timer", "prevent_self_review", "reviewers", "deployment_branch_policy")
    policy = asked.body.get("deployment_branch_policy")
    if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
        raise Refusal(422, "protected_branches and custom_branch_policies cannot have the same value")
    asked.state.environments[asked.parts["name"]] = asked.body
    asked.state.policies.setdefault(asked.parts["name"], {})
    return 200, show_environment(asked, asked.parts["name"])


def show_environment(asked: Asked, name: str) -> Json:
    """Given back in another shape than it is set in."""
    stored = asked.state.environments[name]
    rules: list[Json] = [{"id": 1, "type": "branch_policy"}] if stored.get("deployment_branch_policy") else []
    if stored.get("reviewers"):
        reviewers = [{"type": each["type"], "reviewer": {"id": each["id"]}} for each in stored["reviewers"]]
        self_review = {"prevent_self_review": stored.get("prevent_self_review", False)}
        rules.append({"id": 2, "type": "required_reviewers", "reviewers": reviewers, **self_review})
    if stored.get("wait_timer"):
        rules.append({"id": 3, "type": "wait_timer", "wait_timer": stored["wait_timer"]})
    about = {"name": name, "deployment_branch_policy": stored.get("deployment_branch_policy")}
    return about | {"protection_rules": rules}


@endpoint("GET", "/environments/{name}/deployment-branch-policies", "actions")
def list_policies(asked: Asked) -> Answer:
    if asked.parts["name"] not in asked.state.environments:
        raise missing()
    found = list(asked.state.policies[asked.parts["name"]].values())
    return 200, Listed(found, "branch_policies", {"total_count": len(found)})


@endpoint("POST", "/environments/{name}/deployment-branch-policies", "administration")
def add_policy(asked: Asked) -> Answer:
    require(asked.body, "Policy", name=str)
    require_known(asked.body, "name", "type")
    stored = asked.state.environments.get(asked.parts["name"])
    if stored is None or not (stored.get("deployment_branch_policy") or {}).get("custom_branch_policies"):
        raise missing()
    policy = {"id": asked.state.next_id(), "type": "branch", **asked.body}
    asked.state.policies[asked.parts["name"]][policy["id"]] = policy
    return 200, policy


@endpoint("DELETE", "/environments/{name}/deployment-branch-policies/{id}", "administration")
def drop_policy(asked: Asked) -> Answer:
    if asked.state.policies.get(asked.parts["name"], {}).pop(int(asked.parts["id"]), None) is None:
        raise missing()
    return 204, None
