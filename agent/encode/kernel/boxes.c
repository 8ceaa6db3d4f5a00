/* Few rectangles around marked tiles. */
#include "picture.h"

enum { BOXES_MOST = 60 };

typedef struct {
    Box boxes[BOXES_MOST];
    int32_t count;
} List;

static int append(List *list, Box box) {
    if (list->count == BOXES_MOST) return 0;
    list->boxes[list->count++] = box;
    return 1;
}

/* The runs of set cells of a row, from `row` to the next; gaps of up to `gap` cells are bridged. */
static int runs_of(const uint8_t *cells, int32_t columns, int32_t gap, int32_t row, List *runs) {
    runs->count = 0;
    for (int32_t x = 0; x < columns; x++) {
        if (!cells[x]) continue;
        Box *last = runs->count ? &runs->boxes[runs->count - 1] : NULL;
        if (last && x - last->x1 <= gap) {
            last->x1 = x + 1;
        } else if (!append(runs, (Box){x, row, x + 1, row + 1})) {
            return 0;
        }
    }
    return 1;
}

/* Whether a run of tiles below a box joins it without much waste: a quarter of both. */
static int fits(const Box *box, const Box *run) {
    int32_t wide = most(box->x1, run->x1) - least(box->x0, run->x0), high = box->y1 - box->y0;
    int32_t together = wide * (high + 1);
    int32_t waste = together - (box->x1 - box->x0) * high - (run->x1 - run->x0);
    return 4 * waste <= together;
}

/* Fill `done`; 0 where that would be too many. */
static int collect(const uint8_t *cells, int32_t columns, int32_t rows, int32_t gap, List *done) {
    List growing = {.count = 0}, still, runs;
    done->count = 0;
    for (int32_t row = 0; row < rows; row++) {
        const uint8_t *from = cells + (size_t)row * (size_t)columns;
        if (!growing.count && !memchr(from, 1, (size_t)columns)) continue;
        if (!runs_of(from, columns, gap, row, &runs)) return 0;
        still.count = 0;
        for (int32_t i = 0; i < growing.count; i++) {
            Box box = growing.boxes[i];
            int32_t k = 0;
            while (k < runs.count && !fits(&box, &runs.boxes[k])) k++;
            if (k == runs.count) {
                if (!append(done, box)) return 0;
                continue;
            }
            Box run = runs.boxes[k];
            runs.count--;
            memmove(runs.boxes + k, runs.boxes + k + 1, (size_t)(runs.count - k) * sizeof run);
            append(&still, (Box){least(box.x0, run.x0), box.y0, most(box.x1, run.x1), row + 1});
        }
        for (int32_t k = 0; k < runs.count; k++) {
            if (!append(&still, runs.boxes[k])) return 0;
        }
        growing = still;
        /* None of these ever becomes less. */
        if (done->count + growing.count > BOXES_MOST) return 0;
    }
    for (int32_t i = 0; i < growing.count; i++) append(done, growing.boxes[i]);
    return 1;
}

static Box around(const uint8_t *cells, int32_t columns, int32_t rows) {
    Box box = {columns, rows, 0, 0};
    for (int32_t row = 0; row < rows; row++) {
        for (int32_t x = 0; x < columns; x++) {
            if (!cells[(size_t)row * (size_t)columns + (size_t)x]) continue;
            box = (Box){least(box.x0, x), least(box.y0, row), most(box.x1, x + 1), row + 1};
        }
    }
    return box;
}

/* Boxes (in tiles) that cover every set cell, as area.py finds them; answers how many. */
PUBLIC int32_t dibuc_rectangles(const uint8_t *cells, int32_t columns, int32_t rows, Box *out,
                                int32_t room) {
    static const int32_t gaps[] = {1, 4, 16};
    if (columns < 1 || rows < 1 || columns > 1024 || rows > 1024 || room < BOXES_MOST) {
        return REFUSED;
    }
    List list;
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        if (!collect(cells, columns, rows, gaps[i], &list)) continue;
        memcpy(out, list.boxes, (size_t)list.count * sizeof *out);
        return list.count;
    }
    out[0] = around(cells, columns, rows);
    return 1;
}
