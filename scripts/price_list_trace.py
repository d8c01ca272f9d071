#!/usr/bin/env python3
"""Writes scenarios/traces/price-list.csv, the recorded requests of scenarios/trace-replay.json.

Four minutes at three shops. Prices and stock of 5,000 articles are looked up, 12 requests a second, and some are
ordered; which articles follows Zipf's law. After two minutes a price list of 40 articles goes out: for half a minute
40 requests a second more look at its prices. Invented, and the same whenever it is written.

    scripts/price_list_trace.py > scenarios/traces/price-list.csv
"""
import bisect
import itertools
import math
import random

ARTICLES, LISTED = 5_000, 40
LENGTH_S, USUAL_PER_S = 240.0, 12.0
LIST_FROM_S, LIST_UNTIL_S, LIST_PER_S = 120.0, 150.0, 40.0
SHOPS = [("boston", 0.5), ("chicago", 0.3), ("denver", 0.2)]
REQUESTS = [("GET /price", 0.55), ("GET /stock", 0.3), ("POST /order", 0.15)]
POPULARITY = list(itertools.accumulate(1.0 / rank**0.8 for rank in range(1, ARTICLES + 1)))


def one_of(draw, choices):
    for value, share in choices:
        draw -= share
        if draw < 0:
            return value
    return choices[-1][0]


def poisson(draws, begin_s, end_s, per_s):
    """The instants of a Poisson process."""
    now = begin_s
    while True:
        now -= math.log(1.0 - draws.random()) / per_s
        if now >= end_s:
            return
        yield now


def article(draws):
    rank = bisect.bisect_left(POPULARITY, draws.random() * POPULARITY[-1])
    return (rank * 2_731) % ARTICLES  # neighbours in rank are no neighbours in number


def main():
    draws = random.Random(1)
    requests = []
    for at in poisson(draws, 0.0, LENGTH_S, USUAL_PER_S):
        kind = one_of(draws.random(), REQUESTS)
        requests.append((at, kind, article(draws), one_of(draws.random(), SHOPS)))
    for at in poisson(draws, LIST_FROM_S, LIST_UNTIL_S, LIST_PER_S):
        listed = draws.randrange(LISTED) * 97 % ARTICLES
        requests.append((at, "GET /price", listed, one_of(draws.random(), SHOPS)))
    print("time,class,key,office")
    for at, kind, key, shop in sorted(requests):
        print(f"{at:.3f},{kind},{key},{shop}")


if __name__ == "__main__":
    main()
