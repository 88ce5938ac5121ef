"""An experiment: programs that run in turn, round after round, and claims about the ratios found inside each round."""
import statistics
import subprocess
import sys

from .ways import Missing


class Figure:
    """A number made of what some programs did in one round."""

    def __init__(self, of, *programs):
        self.of, self.programs = of, set(programs)

    def __call__(self, measures):
        return self.of(measures)


def rate(ours, against):
    return Figure(lambda m: m[ours].rate / m[against].rate, ours, against)


def cpu(ours, against):
    return Figure(lambda m: m[ours].cpu_us / m[against].cpu_us, ours, against)


def peak(ours, against):
    return Figure(lambda m: m[ours]["peak_kb"] / m[against]["peak_kb"], ours, against)


def told(name, key, scale=1):
    """What a program tells of itself."""
    return Figure(lambda m: m[name][key] * scale, name)


class Claim:
    def __init__(self, text, sign, goal, figure, shown="{:.2f}"):
        self.text, self.sign, self.goal, self.figure, self.shown = text, sign, goal, figure, shown
        self.found = []

    def is_met(self):
        median = statistics.median(self.found)
        return self.sign == "" or (median <= self.goal if self.sign == "<=" else median >= self.goal)

    def row(self, missing):
        reasons = {reason for name, reason in missing.items() if name in self.figure.programs}
        wanted = f"{self.sign} {self.goal:g}" if self.sign else "-"
        if not self.found:
            return [self.text, wanted, "not measured: " + "; ".join(sorted(reasons)), "", ""]
        low, middle, high = (self.shown.format(f(self.found)) for f in (min, statistics.median, max))
        return [self.text, wanted, f"**{middle}**", f"{low} - {high}",
                "" if not self.sign else "reached" if self.is_met() else "**missed**"]


class Experiment:
    def __init__(self, title):
        self.title = title
        self.programs, self.missing, self.once, self.claims, self.measures = {}, {}, set(), [], {}

    def add(self, name, make, *words, once=False, **options):
        """once: it takes so long that one round must do."""
        try:
            self.programs[name] = make(*words, **options)
            self.measures[name] = []
            if once:
                self.once.add(name)
        except Missing as missing:
            self.missing[name] = str(missing)

    def claim(self, *words, **options):
        self.claims.append(Claim(*words, **options))

    def run(self, rounds):
        for number in range(rounds):
            for name in self.in_turn(number):
                tell(f"{self.title}: round {number + 1} of {rounds}, {name}")
                try:
                    self.measures[name].append(self.measure(name))
                except (RuntimeError, OSError, subprocess.TimeoutExpired) as trouble:
                    self.missing[name] = str(trouble)
                    del self.programs[name], self.measures[name]
            of_round = {name: found[-1] for name, found in self.measures.items()}
            for claim in self.claims:
                if claim.figure.programs <= of_round.keys():
                    claim.found.append(claim.figure(of_round))
        tell("")

    def measure(self, name):
        measure = self.programs[name]()
        if not measure["checks"] or not measure["good"]:
            raise RuntimeError(f"of {measure['checks']} checks none was good")
        return measure

    def in_turn(self, number):
        names = [name for name in self.programs if number == 0 or name not in self.once]
        return names[number % len(names):] + names[:number % len(names)]

    # --- what was found ---------------------------------------------------------------------------------------------

    def report(self):
        first = next(iter(self.measures.values()))
        rows = [self.program_row(name, found, first) for name, found in self.measures.items()]
        rows += [[name, "skipped: " + reason] + [""] * 5 for name, reason in self.missing.items()]
        text = f"### {self.title}\n\n" + table(["program", "good", "wall ms", "wall ratio", "CPU us a check", "CPU ratio", "peak MiB"],
                                               rows)
        if self.claims:
            text += "\n" + table(["", "to reach", "median", "min - max", ""], [c.row(self.missing) for c in self.claims])
        return text

    def program_row(self, name, found, first):
        paired = list(zip(found, first)) if len(found) == len(first) else [(found[0], first[0])]
        median = statistics.median
        ratios = [median(a["wall_s"] / b["wall_s"] for a, b in paired), median(a.cpu_us / b.cpu_us for a, b in paired)]
        return [name, f"{found[-1]['good']}/{found[-1]['checks']}", f"{median(m['wall_s'] for m in found) * 1e3:.1f}",
                f"{ratios[0]:.2f}", f"{median(m.cpu_us for m in found):.1f}", f"{ratios[1]:.2f}",
                f"{median(m.get('peak_kb', 0) for m in found) / 1024:.1f}"]


def tell(progress):
    if sys.stderr.isatty():
        print("\r\x1b[K" + progress, end="", file=sys.stderr, flush=True)


def table(head, rows):
    lines = [head, ["---"] * len(head)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
