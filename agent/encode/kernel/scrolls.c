/* Which way a part of the picture was scrolled. */
#include "offsets.h"

enum { BAND = 64, BAND_LEAST = 8, SPAN_LEAST = 32, BANDS_ENOUGH = 10 };

static uint64_t mixed(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
}

/* A number for a piece of a line; 0 if all its pixels are equal and it says nothing. */
static uint64_t line_hash(const uint8_t *from, int32_t count, size_t step) {
    uint64_t first = pixel(from), even = 1, odd = 2, differ = 0;
    int32_t i = 0;
    first |= first << 32;
    /* Two independent chains of two pixels each keep the processor busy. */
    for (; i + 4 <= count; i += 4, from += 4 * step) {
        uint64_t a = pixel(from) | (uint64_t)pixel(from + step) << 32;
        uint64_t b = pixel(from + 2 * step) | (uint64_t)pixel(from + 3 * step) << 32;
        differ |= (a ^ first) | (b ^ first);
        even = mixed(even, a);
        odd = mixed(odd, b);
    }
    for (; i < count; i++, from += step) {
        uint64_t a = pixel(from) | (uint64_t)pixel(from) << 32;
        differ |= a ^ first;
        even = mixed(even, a);
    }
    return differ ? mixed(even, odd) | 1 : 0;
}

/* Lines of one band: rows of a column band, or columns of a row band. */
typedef struct {
    size_t along, across; /* bytes from pixel to pixel of a line, from line to line */
    int32_t from, count;  /* where a line's central part begins, and its pixels */
    int32_t first, last;  /* the lines that are looked at */
} Band;

typedef struct {
    uint64_t *hashes; /* of the old lines */
    int32_t *table;   /* open addressing: line + 1; 0 free; -line - 1 more than once */
    int32_t *votes;   /* offset + length - 1 -> votes */
    uint32_t mask;
} Ballot;

static void vote(const uint8_t *new, const uint8_t *old, const Band *band, int32_t length,
                 const Ballot *ballot) {
    memset(ballot->table, 0, ((size_t)ballot->mask + 1) * sizeof *ballot->table);
    size_t start = (size_t)band->from * band->along;
    for (int32_t i = band->first; i < band->last; i++) {
        const uint8_t *line = old + (size_t)i * band->across + start;
        uint64_t hash = line_hash(line, band->count, band->along);
        ballot->hashes[i] = hash;
        if (!hash) continue;
        uint32_t slot = (uint32_t)(hash >> 20) & ballot->mask;
        while (ballot->table[slot] && ballot->hashes[abs(ballot->table[slot]) - 1] != hash) {
            slot = (slot + 1) & ballot->mask;
        }
        ballot->table[slot] = ballot->table[slot] ? -abs(ballot->table[slot]) : i + 1;
    }
    for (int32_t i = band->first; i < band->last; i++) {
        const uint8_t *line = new + (size_t)i * band->across + start;
        uint64_t hash = line_hash(line, band->count, band->along);
        if (!hash || hash == ballot->hashes[i]) continue;
        uint32_t slot = (uint32_t)(hash >> 20) & ballot->mask;
        while (ballot->table[slot] && ballot->hashes[abs(ballot->table[slot]) - 1] != hash) {
            slot = (slot + 1) & ballot->mask;
        }
        if (ballot->table[slot] > 0) ballot->votes[ballot->table[slot] - 1 - i + length - 1]++;
    }
}

/* First and last marked tile of a band of tiles along the scrolling, in tiles. */
static int marked_span(const uint8_t *cells, int32_t columns, int32_t rows, int32_t band,
                       int vertical, int32_t *first, int32_t *last) {
    int32_t across = vertical ? columns : rows, along = vertical ? rows : columns;
    *first = -1;
    for (int32_t i = 0; i < along; i++) {
        for (int32_t j = band * (BAND / TILE); j < least((band + 1) * (BAND / TILE), across); j++) {
            size_t cell = vertical ? (size_t)i * (size_t)columns + (size_t)j
                                   : (size_t)j * (size_t)columns + (size_t)i;
            if (!cells[cell]) continue;
            if (*first < 0) *first = i;
            *last = i + 1;
            break;
        }
    }
    return *first >= 0;
}

/*
 * Scrolling: in each band of 64 pixels, a line of the new picture that was once in the old one,
 * elsewhere, votes for the way between. Only a band's central half is looked at, since scroll
 * bars stand at its edge. Answers the offsets with at least `enough` votes, best first.
 */
PUBLIC int32_t dibuc_scrolls(const Shape *s, const uint8_t *new, const uint8_t *old,
                             const uint8_t *cells, uint64_t count, int32_t vertical,
                             int32_t enough, Offset *out, int32_t room) {
    if (!shape_fits(s) || !cells_fit(s, count) || room < 1) return REFUSED;
    int32_t length = vertical ? s->height : s->width, wide = vertical ? s->width : s->height;
    int32_t found = 0;
    uint32_t slots = 64;
    while (slots < 2u * (uint32_t)length) slots *= 2;
    Ballot ballot = {malloc((size_t)length * sizeof(uint64_t)), malloc(slots * sizeof(int32_t)),
                     calloc(2 * (size_t)length, sizeof(int32_t)), slots - 1};
    if (!ballot.hashes || !ballot.table || !ballot.votes) found = REFUSED;
    /* Where much has changed, some of the bands tell it, too. */
    int32_t marked = 0, first_of, last_of;
    for (int32_t band = 0; band * BAND < wide; band++) {
        marked += marked_span(cells, tiles(s->width), tiles(s->height), band, vertical, &first_of,
                              &last_of);
    }
    int32_t skip = most(marked / BANDS_ENOUGH, 1), seen = 0;
    for (int32_t band = 0; found == 0 && band * BAND < wide; band++) {
        int32_t size = least(BAND, wide - band * BAND), first, last;
        if (size / 2 < BAND_LEAST) continue;
        if (!marked_span(cells, tiles(s->width), tiles(s->height), band, vertical, &first, &last)) {
            continue;
        }
        if (seen++ % skip) continue;
        Band lines = {.along = vertical ? PIXEL : (size_t)s->stride,
                      .across = vertical ? (size_t)s->stride : PIXEL,
                      .from = band * BAND + size / 4,
                      .count = size / 2,
                      .first = first * TILE,
                      .last = least(last * TILE, length)};
        if (lines.last - lines.first >= SPAN_LEAST) vote(new, old, &lines, length, &ballot);
    }
    for (int32_t i = 0; found != REFUSED && i < 2 * length - 1; i++) {
        if (ballot.votes[i] < enough || ballot.votes[i] < 1) continue;
        int32_t way = i - (length - 1);
        Offset offset = {vertical ? 0 : way, vertical ? way : 0, ballot.votes[i]};
        found = enter(out, found, room, offset);
    }
    free(ballot.hashes);
    free(ballot.table);
    free(ballot.votes);
    return found;
}
