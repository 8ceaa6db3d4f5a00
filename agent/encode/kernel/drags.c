/* Which way a window was dragged. */
#include "offsets.h"

enum { DETAIL_LEAST = 24, OFFSETS_MOST = 64, FOUR = 4, AHEAD = 4, LINE = 64 };

/* Number of pixels of a whole tile that differ from their right neighbour in it. */
static int32_t detail(const Shape *s, const uint8_t *tile) {
    int32_t steps = 0;
    for (int32_t y = 0; y < TILE; y++) {
        const uint8_t *row = tile + (size_t)y * (size_t)s->stride;
        for (int32_t x = 0; x + 1 < TILE; x++) {
            steps += pixel(row + x * PIXEL) != pixel(row + (x + 1) * PIXEL);
        }
    }
    return steps;
}

/* Of a tile, four pixels in a row that are rare: with the most steps between them, preferably from
 * its middle. 0 where all rows are of one colour. */
static int rare_four(const Shape *s, const uint8_t *tile, int32_t *ax, int32_t *ay) {
    int32_t best = 0;
    for (int32_t row = 0; row < TILE && best < FOUR - 1; row++) {
        int32_t y = (row + TILE / 2) % TILE, steps[TILE] = {0};
        const uint8_t *from = tile + (size_t)y * (size_t)s->stride;
        for (int32_t x = 0; x + 1 < TILE; x++) {
            steps[x] = pixel(from + x * PIXEL) != pixel(from + (x + 1) * PIXEL);
        }
        for (int32_t x = 0; x + FOUR <= TILE; x++) {
            int32_t count = steps[x] + steps[x + 1] + steps[x + 2];
            if (count > best) best = count, *ax = x, *ay = y;
        }
    }
    return best > 0;
}

/* Whether a row has these four pixels at one of `count` places. Without an early end, so that the
 * compiler makes it look at several places at a time. */
static int has_four(const uint8_t *row, int32_t count, const uint32_t *four) {
    uint32_t found = 0;
    for (int32_t i = 0; i < count; i++) {
        found |= (pixel(row + i * PIXEL) == four[0]) & (pixel(row + (i + 1) * PIXEL) == four[1]) &
                 (pixel(row + (i + 2) * PIXEL) == four[2]) &
                 (pixel(row + (i + 3) * PIXEL) == four[3]);
    }
    return (int)found;
}

/* Have pixels of a row brought near that are looked at soon. */
static void fetch(const uint8_t *row, int32_t count) {
    for (int32_t i = 0; i < count; i += LINE / PIXEL) __builtin_prefetch(row + i * PIXEL);
}

/* Where the old picture has a tile, if at one place only within the radius. */
static int find_tile(const Shape *s, const uint8_t *new, const uint8_t *old, int32_t x, int32_t y,
                     int32_t radius, Offset *found) {
    const uint8_t *tile = at(s, new, x, y);
    int32_t ax = 0, ay = 0;
    if (!rare_four(s, tile, &ax, &ay)) return 0;
    const uint8_t *line = tile + (size_t)ay * (size_t)s->stride;
    uint32_t four[FOUR];
    for (int32_t i = 0; i < FOUR; i++) four[i] = pixel(line + (ax + i) * PIXEL);
    int32_t left = most(-radius, -x), right = least(radius, s->width - TILE - x);
    int32_t top = most(-radius, -y), bottom = least(radius, s->height - TILE - y);
    int32_t places = 0;
    for (int32_t dy = top; dy <= bottom; dy++) {
        const uint8_t *from = at(s, old, x + left, y + ay + dy);
        /* Rows lie pages apart, so that the processor does not see what comes next. */
        if (dy + AHEAD <= bottom) fetch(from + AHEAD * (ptrdiff_t)s->stride, right - left + TILE);
        if (!has_four(from + ax * PIXEL, right - left + 1, four)) continue;
        for (int32_t dx = left; dx <= right; dx++, from += PIXEL) {
            if (pixel(from + ax * PIXEL) != four[0] || !same(line, from, TILE)) continue;
            if (!same_tile(s, tile, at(s, old, x + dx, y + dy), TILE, TILE)) continue;
            if (++places > 1) return 0;
            *found = (Offset){dx, dy, 1};
        }
    }
    return places == 1 && (found->dx || found->dy);
}

/*
 * Dragging: up to `patches` marked tiles with some detail are looked for in the old picture, at
 * most `radius` pixels away in both directions. A tile that is there exactly once votes.
 * Answers the offsets with at least `enough` votes, best first.
 */
PUBLIC int32_t dibuc_drags(const Shape *s, const uint8_t *new, const uint8_t *old,
                           const uint8_t *cells, uint64_t count, const int32_t *limits, Offset *out,
                           int32_t room) {
    int32_t radius = limits[0], patches = limits[1], enough = limits[2];
    if (!shape_fits(s) || !cells_fit(s, count) || room < 1) return REFUSED;
    if (radius < 1 || radius > 16384 || patches < 1) return REFUSED;
    int32_t columns = tiles(s->width), seen = 0, found = 0, rich = 0;
    int32_t *places = malloc((size_t)count * sizeof *places);
    if (!places) return REFUSED;
    for (int32_t cell = 0; (uint64_t)cell < count; cell++) {
        int32_t x = cell % columns * TILE, y = cell / columns * TILE;
        if (!cells[cell] || x + TILE > s->width || y + TILE > s->height) continue;
        if (detail(s, at(s, new, x, y)) >= DETAIL_LEAST) places[rich++] = cell;
    }
    Offset votes[OFFSETS_MOST];
    int32_t asked = least(patches, rich);
    for (int32_t i = 0; i < asked; i++) {
        /* Spread evenly, from the middle of each share. */
        int32_t cell = places[(int64_t)(2 * i + 1) * rich / (2 * asked)], k = 0;
        Offset hit;
        if (!find_tile(s, new, old, cell % columns * TILE, cell / columns * TILE, radius, &hit)) {
            continue;
        }
        while (k < seen && (votes[k].dx != hit.dx || votes[k].dy != hit.dy)) k++;
        if (k < seen) {
            votes[k].votes++;
        } else if (seen < OFFSETS_MOST) {
            votes[seen++] = hit;
        }
    }
    free(places);
    for (int32_t k = 0; k < seen; k++) {
        if (votes[k].votes >= enough) found = enter(out, found, room, votes[k]);
    }
    return found;
}
