/* What changed between two pictures. */
#include "picture.h"

enum { CUTS_DEEPEST = 4, CUT_LEAST = 256 };

/*
 * Mark every tile with a changed pixel in the rows of a box and in the columns of tiles that it
 * touches; answer how many became marked.
 */
PUBLIC int32_t dibuc_mark_box(const Shape *s, const uint8_t *new, const uint8_t *old,
                              const Box *box, uint8_t *cells, uint64_t count) {
    if (!shape_fits(s) || !cells_fit(s, count) || !box_fits(s, box)) return REFUSED;
    int32_t columns = tiles(s->width), marked = 0;
    int32_t first = box->x0 / TILE, last = tiles(box->x1), left = first * TILE;
    size_t wide = (size_t)(least(last * TILE, s->width) - left) * PIXEL;
    for (int32_t y = box->y0; y < box->y1; y++) {
        const uint8_t *a = at(s, new, 0, y), *b = at(s, old, 0, y);
        if (memcmp(a + left * PIXEL, b + left * PIXEL, wide) == 0) continue;
        uint8_t *row = cells + (size_t)(y / TILE) * (size_t)columns;
        for (int32_t column = first; column < last; column++) {
            int32_t x = column * TILE, wide = least(TILE, s->width - x);
            if (!row[column] && !same(a + x * PIXEL, b + x * PIXEL, wide)) {
                row[column] = 1;
                marked++;
            }
        }
    }
    return marked;
}

/* Set out[i] for each marked tile with a changed pixel; answer how many have one. */
PUBLIC int32_t dibuc_differing(const Shape *s, const uint8_t *new, const uint8_t *old,
                               const uint8_t *cells, uint8_t *out, uint64_t count) {
    if (!shape_fits(s) || !cells_fit(s, count)) return REFUSED;
    int32_t columns = tiles(s->width), found = 0;
    for (int32_t cell = 0; (uint64_t)cell < count; cell++) {
        out[cell] = 0;
        if (!cells[cell]) continue;
        int32_t x = cell % columns * TILE, y = cell / columns * TILE;
        int32_t w = least(TILE, s->width - x), h = least(TILE, s->height - y);
        out[cell] = !same_tile(s, at(s, new, x, y), at(s, old, x, y), w, h);
        found += out[cell];
    }
    return found;
}

/* First and last changed pixel of each row and of each column of a box; -1 where none is. */
typedef struct {
    int32_t *left, *right, *top, *bottom;
} Extents;

/*
 * Note row y in the columns' extents, from `first` on. Without a branch, so that the compiler makes
 * it look at several pixels at a time; 0 and -1 are all bits of a mask.
 */
static void note_row(const uint8_t *restrict p, const uint8_t *restrict q, int32_t count, int32_t y,
                     int32_t *restrict top, int32_t *restrict bottom) {
    for (int32_t x = 0; x < count; x++) {
        int32_t differs = -(pixel(p + x * PIXEL) != pixel(q + x * PIXEL));
        int32_t is_first = differs & -(top[x] < 0);
        top[x] = (y & is_first) | (top[x] & ~is_first);
        bottom[x] = (y & differs) | (bottom[x] & ~differs);
    }
}

static void measure(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *b,
                    const Extents *e) {
    for (int32_t x = b->x0; x < b->x1; x++) e->top[x] = e->bottom[x] = -1;
    for (int32_t y = b->y0; y < b->y1; y++) {
        e->left[y] = e->right[y] = -1;
        const uint8_t *p = at(s, new, 0, y), *q = at(s, old, 0, y);
        if (memcmp(p + b->x0 * PIXEL, q + b->x0 * PIXEL, (size_t)(b->x1 - b->x0) * PIXEL) == 0) {
            continue;
        }
        int32_t first = b->x0, last = b->x1 - 1;
        while (first <= last && pixel(p + first * PIXEL) == pixel(q + first * PIXEL)) first++;
        if (first > last) continue;
        while (pixel(p + last * PIXEL) == pixel(q + last * PIXEL)) last--;
        e->left[y] = first;
        e->right[y] = last;
        note_row(p + first * PIXEL, q + first * PIXEL, last - first + 1, y, e->top + first,
                 e->bottom + first);
    }
}

/* The cut of [from, to) after which both sides' boxes are smallest, and their area. */
static int64_t best_cut(const int32_t *low, const int32_t *high, int32_t from, int32_t to,
                        int64_t *before, int32_t *where) {
    int32_t first = -1, lowest = INT32_MAX, highest = -1, end = -1;
    int64_t area = 0, best = INT64_MAX;
    for (int32_t i = from; i < to; i++) { /* before[i]: the box of [from, i) */
        before[i] = area;
        if (low[i] < 0) continue;
        if (first < 0) first = i;
        lowest = least(lowest, low[i]);
        highest = most(highest, high[i]);
        area = (int64_t)(i - first + 1) * (highest - lowest + 1);
    }
    lowest = INT32_MAX, highest = -1, area = 0;
    for (int32_t i = to - 1; i > from; i--) { /* area: the box of [i, to) */
        if (low[i] >= 0) {
            if (end < 0) end = i;
            lowest = least(lowest, low[i]);
            highest = most(highest, high[i]);
            area = (int64_t)(end - i + 1) * (highest - lowest + 1);
        }
        if (before[i] + area < best) best = before[i] + area, *where = i;
    }
    return best;
}

typedef struct {
    const Shape *shape;
    const uint8_t *new, *old;
    Extents extents;
    int64_t *scratch;
    Box *out;
    int32_t room, count;
} Splitting;

static int shrink(const Extents *e, Box *b) {
    Box t = {INT32_MAX, -1, -1, -1};
    for (int32_t y = b->y0; y < b->y1; y++) {
        if (e->left[y] < 0) continue;
        if (t.y0 < 0) t.y0 = y;
        t.y1 = y + 1;
        t.x0 = least(t.x0, e->left[y]);
        t.x1 = most(t.x1, e->right[y] + 1);
    }
    if (t.y0 < 0) return 0;
    *b = t;
    return 1;
}

/* Tight boxes around the changes of a box, cut where that leaves much less to send. */
static void split(Splitting *work, Box b, int32_t depth) {
    const Extents *e = &work->extents;
    measure(work->shape, work->new, work->old, &b, e);
    if (!shrink(e, &b)) return;
    int64_t whole = (int64_t)(b.x1 - b.x0) * (b.y1 - b.y0);
    int32_t row = 0, column = 0;
    if (depth < CUTS_DEEPEST && work->count + (1 << (CUTS_DEEPEST - depth)) <= work->room) {
        int64_t by_row = best_cut(e->left, e->right, b.y0, b.y1, work->scratch, &row);
        int64_t by_column = best_cut(e->top, e->bottom, b.x0, b.x1, work->scratch, &column);
        int64_t best = by_row <= by_column ? by_row : by_column;
        if (best <= whole - CUT_LEAST && best * 4 <= whole * 3) {
            Box one = b, two = b;
            if (by_row <= by_column) {
                one.y1 = two.y0 = row;
            } else {
                one.x1 = two.x0 = column;
            }
            split(work, one, depth + 1);
            split(work, two, depth + 1);
            return;
        }
    }
    if (work->count < work->room) work->out[work->count++] = b;
}

/* Write tight boxes for the changes within `box` to `out`; answer how many. `room` >= 16. */
PUBLIC int32_t dibuc_split(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *box,
                           Box *out, int32_t room) {
    if (!shape_fits(s) || !box_fits(s, box) || room < 1 << CUTS_DEEPEST) return REFUSED;
    size_t side = (size_t)most(s->width, s->height) + 1;
    int32_t *lines = malloc(side * 4 * sizeof *lines);
    int64_t *scratch = malloc(side * sizeof *scratch);
    Splitting work = {s, new, old, {lines, lines + side, lines + 2 * side, lines + 3 * side},
                      scratch, out, room, 0};
    if (lines && scratch) {
        split(&work, *box, 0);
    } else {
        work.count = REFUSED;
    }
    free(lines);
    free(scratch);
    return work.count;
}
