/* Ways that something may have moved, and how much speaks for each. */
#ifndef DIBUC_OFFSETS_H
#define DIBUC_OFFSETS_H

#include "picture.h"

typedef struct {
    int32_t dx, dy, votes; /* the source lies dx, dy from the target */
} Offset;

/* Put an offset's votes where they belong; the list is ordered by votes, ties by nearness. */
static inline int better(const Offset *a, const Offset *b) {
    if (a->votes != b->votes) return a->votes > b->votes;
    int32_t near_a = abs(a->dx) + abs(a->dy), near_b = abs(b->dx) + abs(b->dy);
    if (near_a != near_b) return near_a < near_b;
    return a->dx != b->dx ? a->dx < b->dx : a->dy < b->dy;
}

static inline int32_t enter(Offset *out, int32_t count, int32_t room, Offset found) {
    int32_t place = count;
    while (place > 0 && better(&found, &out[place - 1])) place--;
    if (place == room) return count;
    if (count < room) count++;
    memmove(out + place + 1, out + place, (size_t)(count - place - 1) * sizeof *out);
    out[place] = found;
    return count;
}

#endif
