/* Where a moved part lies exactly, and moving it. */
#include "picture.h"

/* Larger ways lead outside of every screen, and sums with them could overflow. */
static int way_fits(int32_t dx, int32_t dy) {
    return dx >= -16384 && dx <= 16384 && dy >= -16384 && dy <= 16384;
}

/* Whether row y of a box is what the old picture has dx, dy away. */
static int same_row(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *b, int32_t y,
                    int32_t dx, int32_t dy) {
    return same(at(s, new, b->x0, y), at(s, old, b->x0 + dx, y + dy), b->x1 - b->x0);
}

/* Whether column x of a box is. */
static int same_column(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *b,
                       int32_t x, int32_t dx, int32_t dy) {
    for (int32_t y = b->y0; y < b->y1; y++) {
        if (pixel(at(s, new, x, y)) != pixel(at(s, old, x + dx, y + dy))) return 0;
    }
    return 1;
}

/*
 * For each tile of a box (in tiles): 1 if the new tile is the old picture's, dx, dy away.
 * Answers how many are; the other cells are left alone.
 */
PUBLIC int32_t dibuc_match(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *box,
                           int32_t dx, int32_t dy, uint8_t *cells, uint64_t count) {
    if (!shape_fits(s) || !cells_fit(s, count)) return REFUSED;
    int32_t columns = tiles(s->width), rows = tiles(s->height), matched = 0;
    if (box->x0 < 0 || box->y0 < 0 || box->x1 > columns || box->y1 > rows) return REFUSED;
    if (!way_fits(dx, dy)) return REFUSED;
    for (int32_t row = box->y0; row < box->y1; row++) {
        for (int32_t column = box->x0; column < box->x1; column++) {
            int32_t x = column * TILE, y = row * TILE;
            int32_t w = least(TILE, s->width - x), h = least(TILE, s->height - y);
            int inside = x + dx >= 0 && y + dy >= 0 && x + dx + w <= s->width &&
                         y + dy + h <= s->height;
            int is = inside && same_tile(s, at(s, new, x, y), at(s, old, x + dx, y + dy), w, h);
            cells[(size_t)row * (size_t)columns + (size_t)column] = (uint8_t)is;
            matched += is;
        }
    }
    return matched;
}

/* The largest rectangle of set cells; the upper left one of equals. Answers its area. */
PUBLIC int32_t dibuc_largest(const uint8_t *cells, int32_t columns, int32_t rows, Box *out) {
    if (columns < 1 || rows < 1) return REFUSED;
    int32_t *memory = calloc(3 * ((size_t)columns + 1), sizeof *memory), best = 0;
    if (!memory) return REFUSED;
    /* Height of the set column above each place, and a stack of rising heights. */
    int32_t *heights = memory, *starts = memory + columns + 1, *stack = starts + columns + 1;
    for (int32_t row = 0; row < rows; row++) {
        int32_t deep = 0;
        for (int32_t column = 0; column <= columns; column++) {
            int set = column < columns && cells[(size_t)row * (size_t)columns + (size_t)column];
            int32_t height = heights[column] = set ? heights[column] + 1 : 0, start = column;
            while (deep && stack[deep - 1] >= height) {
                deep--;
                start = starts[deep];
                int32_t area = stack[deep] * (column - start);
                if (area > best) {
                    best = area;
                    *out = (Box){start, row + 1 - stack[deep], column, row + 1};
                }
            }
            if (height) {
                starts[deep] = start;
                stack[deep++] = height;
            }
        }
    }
    free(memory);
    return best;
}

/*
 * Let a box that is a copy from dx, dy away grow, within `limit`, as long as it still is one;
 * then take off the lines at its edges in which nothing has changed. It keeps one pixel.
 */
PUBLIC int32_t dibuc_grow(const Shape *s, const uint8_t *new, const uint8_t *old, Box *box,
                          const Box *limit, int32_t dx, int32_t dy) {
    if (!way_fits(dx, dy) || !shape_fits(s) || !box_fits(s, box) || !box_fits(s, limit)) {
        return REFUSED;
    }
    Box l = {most(limit->x0, -dx), most(limit->y0, -dy), least(limit->x1, s->width - dx),
             least(limit->y1, s->height - dy)};
    Box b = *box;
    if (b.x0 < l.x0 || b.y0 < l.y0 || b.x1 > l.x1 || b.y1 > l.y1) return REFUSED;
    while (b.y0 > l.y0 && same_row(s, new, old, &b, b.y0 - 1, dx, dy)) b.y0--;
    while (b.y1 < l.y1 && same_row(s, new, old, &b, b.y1, dx, dy)) b.y1++;
    while (b.x0 > l.x0 && same_column(s, new, old, &b, b.x0 - 1, dx, dy)) b.x0--;
    while (b.x1 < l.x1 && same_column(s, new, old, &b, b.x1, dx, dy)) b.x1++;
    while (b.y0 < b.y1 - 1 && same_row(s, new, old, &b, b.y0, 0, 0)) b.y0++;
    while (b.y0 < b.y1 - 1 && same_row(s, new, old, &b, b.y1 - 1, 0, 0)) b.y1--;
    while (b.x0 < b.x1 - 1 && same_column(s, new, old, &b, b.x0, 0, 0)) b.x0++;
    while (b.x0 < b.x1 - 1 && same_column(s, new, old, &b, b.x1 - 1, 0, 0)) b.x1--;
    *box = b;
    return 0;
}

/* Copy a part of a picture to `box`, as memmove does: the two may overlap. */
PUBLIC int32_t dibuc_move(const Shape *s, uint8_t *picture, const Box *box, int32_t x, int32_t y) {
    if (!way_fits(x, y) || !shape_fits(s) || !box_fits(s, box)) return REFUSED;
    Box from = {x, y, x + (box->x1 - box->x0), y + (box->y1 - box->y0)};
    if (!box_fits(s, &from)) return REFUSED;
    int32_t rows = box->y1 - box->y0;
    for (int32_t i = 0; i < rows; i++) {
        int32_t row = y < box->y0 ? rows - 1 - i : i;
        memmove(picture + (size_t)(box->y0 + row) * (size_t)s->stride + (size_t)box->x0 * PIXEL,
                at(s, picture, x, y + row), (size_t)(box->x1 - box->x0) * PIXEL);
    }
    return 0;
}

/* Copy a box from one picture to the same place of another. */
PUBLIC int32_t dibuc_paste(const Shape *s, const uint8_t *from, uint8_t *to, const Box *box) {
    if (!shape_fits(s) || !box_fits(s, box)) return REFUSED;
    for (int32_t y = box->y0; y < box->y1; y++) {
        size_t start = (size_t)y * (size_t)s->stride + (size_t)box->x0 * PIXEL;
        memcpy(to + start, from + start, (size_t)(box->x1 - box->x0) * PIXEL);
    }
    return 0;
}

/* 1 if nothing in a box differs, else 0. */
PUBLIC int32_t dibuc_same(const Shape *s, const uint8_t *new, const uint8_t *old, const Box *box) {
    if (!shape_fits(s) || !box_fits(s, box)) return REFUSED;
    for (int32_t y = box->y0; y < box->y1; y++) {
        if (!same_row(s, new, old, box, y, 0, 0)) return 0;
    }
    return 1;
}
