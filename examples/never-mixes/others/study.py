# For pipefunc: axes have names, and each step writes out which axes its inputs and its output have.
from pathlib import Path

from pipefunc import Pipeline, pipefunc


@pipefunc("zero", mapspec="device[i] -> zero[i]")
def baseline(device):
    return int(Path("devices", device + ".txt").read_text().split()[0])


@pipefunc("peak", mapspec="device[i], filter[j] -> peak[i, j]")
def signal(device, filter):
    values = map(int, Path("devices", device + ".txt").read_text().split())
    return min(values) if filter == "least" else max(values)


# With zero[k] and peak[i, j] in this line, all pairs are made: the letters decide.
@pipefunc("score", mapspec="zero[i], peak[i, j] -> score[i, j]")
def compare(zero, peak):
    return peak - zero


Pipeline([baseline, signal, compare]).map({"device": ["north", "south"], "filter": ["least", "most"]}, "pipefunc")
