"""Compute a month again from its published JSON alone: python3 docs/recompute.py FILE-OR-URL (exit 1: it differs)."""

import json
import sys
import urllib.request
from decimal import ROUND_HALF_UP, Decimal


def recompute(entry, n, top, weights, working_days, kinds):
    if n == 0:
        return dict.fromkeys([*weights, "score"], Decimal(0))
    volume = [Decimal(1 + k).ln() / Decimal(1 + top).ln() for k in range(n + 1)]
    best_first = [points for points in (3, 2, 1, 0) for _ in range(entry["points"][points])]
    means = [Decimal(sum(best_first[:k])) / (3 * k) for k in range(1, n + 1)]
    loss = weights["volume"] / weights["completeness"] if weights["completeness"] else None
    whole = means[-1] if loss is None else max(m - loss * (volume[n] - volume[k]) for k, m in enumerate(means, 1))
    found = {"volume": volume[n], "completeness": max(Decimal(0), whole)}
    found["consistency"] = min(Decimal(1), Decimal(entry["active_days"]) / max(1, working_days))
    found["reach"] = Decimal(len(entry["kinds_used"])) / max(1, kinds)
    score = 100 * sum(weights[name] * found[name] for name in weights)
    score = score.quantize(Decimal("1e-10"), ROUND_HALF_UP)  # drops the noise of division and logarithm
    return found | {"score": score.quantize(Decimal("0.0001"), ROUND_HALF_UP)}


def differences(month):
    weights, kinds = month["method"]["weights"], len(month["method"]["expected_kinds"])
    for category in month["categories"]:
        entries, top = category["entries"], max(sum(entry["points"]) for entry in category["entries"])
        for e in entries:
            n, expected = sum(e["points"]), kinds - len(e["kinds_not_measured"])
            e["found"] = recompute(e, n, top, weights, month["working_days"], expected)
            e["found"] |= {"activities": n, "max_activities": top}
        order = {id(e): (e["found"]["score"], e["found"]["activities"], e["active_days"]) for e in entries}
        for e in entries:
            better = sum(order[id(other)] > order[id(e)] for other in entries)
            e["found"]["rank"] = 1 + better if e["found"]["activities"] else None
            for name, value in e["found"].items():
                # Components stand in the file at 6 decimals; the score must be the same at all its 4.
                near = name in weights and abs(e[name] - value) <= Decimal("0.000001")
                if e[name] != value and not near:
                    yield f"{category['category']}/{e['unit']['slug']}: {name} is {e[name]}, computed {value}"


if __name__ == "__main__":
    name = sys.argv[1]
    with urllib.request.urlopen(name) if "://" in name else open(name, "rb") as file:  # noqa: S310
        found = list(differences(json.load(file, parse_float=Decimal)))
    print("\n".join(found) or "Same counts, components, scores and ranks.")
    sys.exit(bool(found))
