"""Check the certificates of stabkit: ``python stabkit_check.py FILE ...``. It needs Python alone.
It counts zeros of G(z) = sum g_m z^m in the unit disc; docs/certificates.md has the proofs."""
import json
import sys
from fractions import Fraction
from math import gcd, isqrt, lcm

def demand(holds, what):
    if not holds:
        raise ValueError(what)

def split(g, circle, rest):
    """G = rest * all P of `circle`: P = P*, and P' has all its zeros in the disc (Cohn)."""
    for p in circle:
        longer, slopes = rest + [0] * (len(p) - 1), [k * x for k, x in enumerate(p)][1:]
        demand(p == p[::-1] and sum(p) > 0 and chain(slopes) == len(slopes) - 1, "the circle")
        rest = [sum(x * y for x, y in zip(p, longer[k::-1])) for k in range(len(longer))]
    demand(rest == g, "G is the product")

def chain(p):
    """P -> T = (P - p_0 / p_n P*) / z, to a constant. Rouche: N(P) = N(T) + 1, or n - 1 - N(T)."""
    if len(p) == 1:
        return 0
    ratio = Fraction(p[0], p[-1])
    demand(abs(ratio) != 1, "the chain goes down one by one")
    within = chain([x - ratio * y for x, y in zip(p, p[::-1])][1:])
    return within + 1 if abs(ratio) < 1 else len(p) - 2 - within

def start(g, steps):
    """Run from empty, to be as near to a* as 1 / K; then none is evicted any more (R22)."""
    y, row, sizes, evicting = [1, *[0] * len(g[1:])], [1, *[0] * len(g[2:])], [1], []
    for n in range(1, min(steps, 10**4) + 1):
        free = sum(x * (u - v) for x, u, v in zip(y, g, [*g[1:], 0]))
        y, j, evicting = [0, *y[:-1]], 0, evicting + [n] * (free < 0)
        while y[j] * g[j] + free < 0:
            free, y[j], j = free + y[j] * g[j], 0, j + 1
        y = [x * g[j] + free * (k == j) for k, x in enumerate(y)]
        row = [x - row[0] * Fraction(u, g[0]) for x, u in zip([*row[1:], 0], g[1:])]
        sizes.append(sum(map(abs, row)))
    full = sum(x * u for x, u in zip(y, g))
    far = max(sizes) * max(abs(x * sum(g) - full) for x in y[:-1])
    demand(max(sizes[1 - len(g):]) < 1 and far < full, "the start comes near enough to a*")
    return evicting

def times(x, y, p):
    return (x[0] * y[0] - x[1] * y[1]) >> p, (x[0] * y[1] + x[1] * y[0]) >> p

def turns(p, levels):
    """Return exp(2 pi i / 2^k), k = 0, ..., levels in units of 2^-p, to within 2 units."""
    c, s, found = 0, 1 << p + 32, [(1 << p, 0), (-1 << p, 0)]
    while len(found) <= levels:
        found.append((c >> 32, s >> 32))
        c, s = (half := isqrt(((1 << p + 32) + c) << p + 31)), (s << p + 32) // (2 * half)
    return found

def transform(x, roots, p):
    if len(x) > 1:  # to sum_m x_m w^(m k) for all k; `roots` are the powers of w
        even, odd = (transform(x[k::2], roots[::2], p) for k in (0, 1))
        odd = [times(value, root, p) for value, root in zip(odd, roots)]
        x = [(a + c * s, b + d * s) for s in (1, -1) for (a, b), (c, d) in zip(even, odd)]
    return x

def grid(g, p, bits, level):
    """Return W at all t = (2 a + 1) / 2^(level + 1) in units of 2^-bits, and an error bound."""
    n, roots, x = 1 << level, [(1 << p, 0)], [0] * (1 << level)
    for turn in turns(p, level + 1)[2:]:
        roots = [w for root in roots for w in (root, times(root, turn, p))]
    for m, value in enumerate(g, -(len(g) // 2)):
        x[m % n] = value << bits if m >= 0 else -value << bits
    values = [times(pair, root, p) for pair, root in zip(zip(x, x[n // 2 :]), roots)]
    values = transform(values, roots[::4], p)
    error = (5 * (level + 1) * (level + 2) * sum(map(abs, g)) << bits >> p) + 4 * n
    return [w for v, u in zip(values, values[::-1]) for w in (v, (u[0], -u[1]))], error

def at(g, p, bits, level, a):
    """Return the same for one a, by the recurrence b_m = g_m + (z + 1/z) b_(m + 1) - b_(m + 2)."""
    b, before, unit, roots, total = 0, 0, 5 * level + 10, [], sum(map(abs, g)) << bits
    for odd in (2 * a + 1, -(2 * a + 1) * (len(g) // 2), -(2 * a + 1) * (len(g) // 2 + 1)):
        roots.append((1 << p, 0))
        for k, turn in enumerate(turns(p, level + 1)):
            roots[-1] = times(roots[-1], turn, p) if odd >> (level + 1 - k) & 1 else roots[-1]
    for value in g[::-1]:
        b, before = (value << bits) + (2 * roots[0][0] * b >> p) - before, b
    demand(8 * unit * len(g) ** 2 < 1 << p, "enough precision")
    value = [(b * x - before * y) >> p for x, y in zip(*roots[1:])]
    return value, (16 * unit * len(g) ** 2 * (total + len(g)) >> p) + 2 * len(g) + 4

def arcs(g, precision, bits, box, depth, arcs):
    """Half turns of W(t) = z^-c G(z), z = e^(2 pi i t), 0 <= t <= 1/2, and c; by middles."""
    demand(max(bits, box, depth + 40, max(arcs)[0]) <= precision < 10**4, "precision")
    demand(3 <= depth <= min(arcs)[0] and len(g) <= 2**depth <= 2 * len(arcs), "depth")
    c, table, general = len(g) // 2, *grid(g, precision, bits, depth)
    edges = 18 * sum(abs((m - c) * (x - y)) for m, (x, y) in enumerate(zip([*g, 0], [0, *g])))
    slope = 18 * sum(abs((m - c) * x) for m, x in enumerate(g))
    end, whole, polygon = 0, max(arcs)[0], [(1, 0)]
    for e, x, y in arcs:  # [end, end + 2^-e]; W(middle) is in the box of this corner
        a, rest = divmod(end << e, 1 << whole)
        value, error = (table[a], general) if e == depth else at(g, precision, bits, e, a)
        polygon.append((2 * x + 1, 2 * y + 1))  # in halves of the unit 2^(box - bits)
        off = max(abs(2 * true - (half << box)) for true, half in zip(value, polygon[-1]))
        demand(16 * error <= 1 << box and off <= (1 << box) + 2 * error, f"the box of arc {a}")
        size = isqrt((2 * x + 1) ** 2 + (2 * y + 1) ** 2) - 2  # of W at least, in halves
        flat = size * (8 * a + 4) << box > edges << bits or size << box + e + 1 > slope << bits
        demand(rest == 0 and size >= 6 and flat, f"arc {a}")
        end += 1 << whole - e
    polygon.append((sum(x * (-1) ** (m + c) for m, x in enumerate(g)), 0))
    demand(end == 1 << whole - 1 and polygon[-1][0], "the arcs are the half circle")
    for (a, b), (x, y) in zip(polygon, polygon[1:]):
        if (b > 0 or b == 0 < a) != (y > 0 or y == 0 < x):
            c += 1 if a * y > b * x else -1
    return c

def disc(g, u, v, r):
    """Rouche: F has one root within r of u + i v, as |F| + r^2 / 2 max |F''| < |F'| r."""
    x, y, s, t = 0, 0, 0, 0
    for value in g:
        s, t = s * u - t * v + x, s * v + t * u + y
        x, y = x * u - y * v + value, x * v + y * u
    bend = (r * len(g)) ** 2 * sum(g) * max(1, abs(u) + abs(v) + r) ** len(g)
    demand(abs(x) + abs(y) + bend < max(abs(s), abs(t)) * r, f"a root within {r} of {u} + {v} i")

def check(claim):
    demand(set(f"{claim['mix']}{claim['discs']}") <= set("-/0123456789 ,[]'"), "plain numbers")
    mix = [[Fraction(x) for x in c] for c in claim["mix"]]
    demand(all(s >= 0 < l <= 10**4 and l.denominator == 1 and p > 0 for s, l, p in mix), "a mix")
    d = lcm(*(part.denominator for s, _, p in mix for part in (p, p * s)))
    rows = [(int(l), int(p * (s + 1) * d), int(p * d)) for s, l, p in mix]
    g = [sum(x + y * m for l, x, y in rows if l > m) for m in range(max(rows)[0])]
    g = [x // content for content in [gcd(*g)] for x in g]
    split(g, claim["circle"], rest := claim["rest"] or g)
    within = arcs(rest, **claim["winding"]) if claim["winding"] else chain(rest)
    modes = [len(rest) - 1 - within, len(g) - len(rest), within]
    verdict = "unstable" if within else "marginal" if modes[1] else "stable"
    found = [modes, verdict, start(g, claim["steps"]) if claim["steps"] else None]
    demand([claim["modes"], claim["verdict"], claim["evicting"]] == found, "what is claimed")
    discs = len([disc(g, *map(Fraction, root)) for root in claim["discs"]])
    run = f"; from empty it evicts in the steps {found[2]} and converges" if claim["steps"] else ""
    named = " ".join(f"{s}:{l}:{p}" for s, l, p in mix) + f" is {verdict}: modes inside, on and"
    return f"{named} outside of the unit circle {modes}; discs with one root each: {discs}{run}"

if __name__ == "__main__":
    for path in sys.argv[1:] or sys.exit("usage: python stabkit_check.py CERTIFICATE ..."):
        try:
            with open(path, encoding="utf-8") as file:  # without floats, NaN and Infinity
                read = json.load(file, parse_float=int, parse_constant=int)
            demand(read["schema"] == "stabkit.certificate/1" and read["claims"], "the schema")
            print(*map(check, read["claims"]), sep="\n")
            print(f"{path}: all that is proved, by docs/certificates.md, if Python computes right")
        except (ValueError, LookupError, TypeError, ArithmeticError, OSError, RuntimeError) as why:
            sys.exit(f"{path}: refused: {why!a:.200}")
