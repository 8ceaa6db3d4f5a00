/* Which way a window was dragged. */
#include "offsets.h"

enum { DETAIL_LEAST = 24, OFFSETS_MOST = 64 };

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

/* Where the old picture has a tile, if at one place only within the radius. */
static int find_tile(const Shape *s, const uint8_t *new, const uint8_t *old, int32_t x, int32_t y,
                     int32_t radius, Offset *found) {
    const uint8_t *tile = at(s, new, x, y);
    /* Two unequal neighbours, most of all in the middle, are rare enough to look for first. */
    int32_t ax = -1, ay = 0;
    for (int32_t row = 0; row < TILE && ax < 0; row++) {
        ay = (row + TILE / 2) % TILE;
        const uint8_t *from = tile + (size_t)ay * (size_t)s->stride;
        for (int32_t i = 0; i + 1 < TILE; i++) {
            if (pixel(from + i * PIXEL) != pixel(from + (i + 1) * PIXEL)) {
                ax = i;
                break;
            }
        }
    }
    if (ax < 0) return 0;
    uint64_t anchor = pixels(tile + (size_t)ay * (size_t)s->stride + (size_t)ax * PIXEL);
    int32_t left = most(-radius, -x), right = least(radius, s->width - TILE - x);
    int32_t top = most(-radius, -y), bottom = least(radius, s->height - TILE - y);
    int32_t places = 0;
    for (int32_t dy = top; dy <= bottom; dy++) {
        const uint8_t *from = at(s, old, x + ax, y + ay + dy);
        for (int32_t dx = left; dx <= right; dx++) {
            if (pixels(from + (ptrdiff_t)dx * PIXEL) != anchor) continue;
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
