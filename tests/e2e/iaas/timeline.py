#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
timeline.py DIRECTORY PICTURE: what happened in the architecture, second by
second, as a table on stdout and as an SVG. DIRECTORY has
    load.log    BEGIN-MS END-MS LATE-MS TARGET RESULT ANSWER
    events      MS TEXT
    windows     BEGIN-MS END-MS LIMIT-MS TARGETS WHY, TARGETS with commas
                between
    gauge       MS INSTANCES HEALTHY
Ends with status 1 when a request has failed that was not under way in a window
of its target, or a window is longer than its limit. The limit is more by
GRAIN_MS and twice the most that the load was late in it: so long as that,
programs of the emulated machine did not run.
"""
import collections
import html
import statistics
import sys

GRAIN_MS = 500

Request = collections.namedtuple("Request",
                                 "begin end late target result answer")
Window = collections.namedtuple("Window", "begin end limit targets why")

WIDTH, LEFT, RIGHT = 1200, 50, 20
BARS_TOP, BARS_HEIGHT = 40, 200
STEPS_TOP, STEPS_HEIGHT = 280, 120
MARKS_TOP = 420
LINE = 16


def read_lines(directory, name, words):
    """The lines, each with its first words split off and its last one whole."""
    with open(f"{directory}/{name}", encoding="utf-8") as file:
        return [line.rstrip("\n").split(" ", words - 1) for line in file]


def read_requests(directory):
    """In the order of their begin."""
    return sorted(
        Request(int(begin), int(end), int(late), *words)
        for begin, end, late, *words in read_lines(directory, "load.log", 6))


def read_windows(directory, requests):
    """With limits to which is added what the emulated machine costs."""
    windows = []
    for *times, targets, why in read_lines(directory, "windows", 5):
        begin, end, limit = map(int, times)
        late = max((r.late for r in requests if begin <= r.begin <= end),
                   default=0)
        windows.append(Window(begin, end, limit + GRAIN_MS + 2 * late,
                              targets.split(","), why))
    return windows


def is_excused(request, windows):
    """Was it under way in a window of its target."""
    return any(request.target in w.targets and request.begin <= w.end
               and request.end >= w.begin for w in windows)


class Second:
    """What there was in one second."""

    def __init__(self):
        self.requests = []
        self.gauge = None
        self.events = []

    def failed(self):
        """Its requests that failed."""
        return [r for r in self.requests if r.result != "ok"]

    def times(self):
        """How long requests took that did not fail; one at least."""
        return [r.end - r.begin for r in self.requests
                if r.result == "ok"] or [0]


def seconds_of(directory, requests):
    """From the first event on, a Second each."""
    events = read_lines(directory, "events", 2)
    gauges = read_lines(directory, "gauge", 3)
    begin = int(events[0][0])
    last = max([r.end for r in requests] + [int(ms) for ms, _ in events])
    seconds = [Second() for _ in range((last - begin) // 1000 + 1)]

    def at(ms):
        return seconds[min((int(ms) - begin) // 1000, len(seconds) - 1)]

    for request in requests:
        at(request.begin).requests.append(request)
    for ms, text in events:
        at(ms).events.append(text)
    for ms, *gauge in gauges:
        at(ms).gauge = [int(word) for word in gauge]
    gauge = [0, 0]
    for second in seconds:
        gauge = second.gauge = second.gauge or gauge
    return begin, seconds


def show_table(seconds):
    """A line for each second, and one more for each further event in it."""
    print("   s  requests  failed  median ms  worst ms  instances  healthy"
          "  what happened")
    for number, second in enumerate(seconds):
        times = second.times()
        print(f"{number:4} {len(second.requests):9}"
              f" {len(second.failed()):7} {statistics.median(times):10.0f}"
              f" {max(times):9} {second.gauge[0]:10} {second.gauge[1]:8}"
              f"  {'; '.join(second.events)}".rstrip())


def show_windows(begin, requests, windows):
    """What each has cost; how many were too long."""
    too_long = 0
    for window in windows:
        failed = [r for r in requests
                  if r.result != "ok" and is_excused(r, [window])]
        lasted = window.end - window.begin
        print(f"{window.why}, second {(window.begin - begin) // 1000}:"
              f" noticed after {lasted / 1000:.1f} s, allowed are"
              f" {window.limit / 1000:.1f} s; {len(failed)} requests failed"
              f" meanwhile ({', '.join(window.targets)})")
        if lasted > window.limit:
            too_long += 1
            print("that was too long")
    return too_long


class Picture:
    """An SVG that grows by elements."""

    def __init__(self, height):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}"'
            f' height="{height}" font-family="sans-serif" font-size="12">',
            '<rect width="100%" height="100%" fill="white"/>']

    def box(self, x, y, size, fill):
        """A filled rectangle; size is its width and height."""
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}"'
                          f' width="{size[0]:.1f}" height="{size[1]:.1f}"'
                          f' fill="{fill}"/>')

    def line(self, points, colour):
        """Through all the points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none"'
                          f' stroke="{colour}"/>')

    def text(self, x, y, text, anchor="start"):
        """Whose foot is at y."""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}"'
                          f' text-anchor="{anchor}">{html.escape(text)}'
                          '</text>')

    def write(self, name):
        """Into a file."""
        with open(name, "w", encoding="utf-8") as file:
            file.write("\n".join(self.parts + ["</svg>"]) + "\n")


def draw_bars(picture, seconds, step):
    """Requests of each second, and on top what has failed."""
    most = max(len(s.requests) for s in seconds) or 1
    foot = BARS_TOP + BARS_HEIGHT
    for number, second in enumerate(seconds):
        x = LEFT + number * step
        failed = BARS_HEIGHT * len(second.failed()) / most
        whole = BARS_HEIGHT * len(second.requests) / most
        picture.box(x, foot - whole, (step * 0.9, whole - failed), "#6baed6")
        picture.box(x, foot - failed, (step * 0.9, failed), "#cb181d")
        if number % 10 == 0:
            picture.text(x, foot + LINE, f"{number} s", "middle")
    picture.text(LEFT - 6, BARS_TOP + LINE / 2, str(most), "end")
    picture.text(LEFT, BARS_TOP - LINE,
                 "requests a second: blue answered, red failed;"
                 " grey: until a failure was noticed")


def draw_steps(picture, seconds, step):
    """How many instances there are, and how many of them are healthy."""
    most = max(max(s.gauge) for s in seconds) or 1
    foot = STEPS_TOP + STEPS_HEIGHT
    for which, colour in ((0, "#636363"), (1, "#31a354")):
        points = []
        for number, second in enumerate(seconds):
            y = foot - STEPS_HEIGHT * second.gauge[which] / most
            points += [(LEFT + number * step, y),
                       (LEFT + (number + 1) * step, y)]
        picture.line(points, colour)
    picture.text(LEFT - 6, STEPS_TOP + LINE / 2, str(most), "end")
    picture.text(LEFT - 6, foot, "0", "end")
    picture.text(LEFT, STEPS_TOP - LINE / 2,
                 "instances: grey in the pool, green healthy")


def draw_marks(picture, seconds, step):
    """What happened, each on a line of its own, with a thread to its second."""
    y = MARKS_TOP
    for number, second in enumerate(seconds):
        for event in second.events:
            x = LEFT + number * step
            y += LINE
            picture.line([(x, BARS_TOP), (x, y)], "#bdbdbd")
            is_late = x > WIDTH * 0.6
            picture.text(x + (-4 if is_late else 4), y,
                         f"{number} s: {event}",
                         "end" if is_late else "start")


def draw(name, begin, seconds, windows):
    """The picture, into a file."""
    events = sum(len(s.events) for s in seconds)
    picture = Picture(MARKS_TOP + LINE * (events + 2))
    step = (WIDTH - LEFT - RIGHT) / len(seconds)
    for window in windows:
        picture.box(LEFT + (window.begin - begin) / 1000 * step, BARS_TOP,
                    ((window.end - window.begin) / 1000 * step,
                     STEPS_TOP + STEPS_HEIGHT - BARS_TOP), "#eeeeee")
    draw_marks(picture, seconds, step)
    draw_bars(picture, seconds, step)
    draw_steps(picture, seconds, step)
    picture.write(name)


def main(directory, picture):
    """True if a request has failed that was not excused, or too long."""
    requests = read_requests(directory)
    windows = read_windows(directory, requests)
    begin, seconds = seconds_of(directory, requests)
    draw(picture, begin, seconds, windows)
    show_table(seconds)
    too_long = show_windows(begin, requests, windows)
    bad = [r for r in requests
           if r.result != "ok" and not is_excused(r, windows)]
    for request in bad:
        print(f"failed in second {(request.begin - begin) / 1000:.3f}"
              f" outside all windows: {request}")
    print(f"{len(requests)} requests, {len(bad)} failed outside all windows")
    return bool(bad or too_long) or not requests


sys.exit(main(*sys.argv[1:]))
