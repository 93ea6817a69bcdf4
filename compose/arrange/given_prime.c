#include "compose/arrange/given_prime.h"

#include "compose/arrange/arranger.h"
#include "datasets/music/lead_extract.h"

#include <limits.h>
#include <math.h>

static bool has_pitched_note(const Song *song) {
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum)
            return true;
    return false;
}

/* Whether the bars of a meter fill the sheet's, or those fill them. */
static bool keeps_bars(const SongMeter *meter, LeadMeter kind) {
    const long whole = LEAD_PLACES; /* the sixteenths of a whole note */
    long bar = whole * meter->numerator, places = (long)lead_places(kind) * meter->denominator;
    return bar % places == 0 || places % bar == 0;
}

/* A bar that is cut short, as before a first beat or at a repeat, may be of any meter. */
static int check_meters(const Song *song, LeadMeter kind, Error *error) {
    const double little = 0.1; /* of the piece */
    const SongMeter *other = NULL;
    double ticks = 0;
    for (int i = 0; i < song->n_meters && song->meters[i].at.tick < song->ticks; i++) {
        uint32_t until = i + 1 < song->n_meters ? song->meters[i + 1].at.tick : song->ticks;
        if (keeps_bars(&song->meters[i], kind))
            continue;
        other = &song->meters[i];
        ticks += fmin(until, song->ticks) - other->at.tick;
    }
    if (ticks <= little * song->ticks)
        return 0;
    return error_set(error,
                     "the piece to continue has bars of %d/%d, which an arrangement in %s does not "
                     "keep; --style performed has other meters",
                     other->numerator, other->denominator, lead_meter_names[kind]);
}

/* Makes the quarter notes longer or shorter until they have a tempo of arrangements. */
static double choose_quarter(Song *song) {
    double tempo = 60e6 / (song->n_tempos ? song->tempos[0].microseconds : SONG_DEFAULT_TEMPO);
    for (; tempo > ARRANGER_FASTEST && song->ticks_per_quarter <= INT_MAX / 2; tempo /= 2)
        song->ticks_per_quarter *= 2;
    for (; tempo < ARRANGER_SLOWEST && song->ticks_per_quarter % 2 == 0; tempo *= 2)
        song->ticks_per_quarter /= 2;
    return fmin(fmax(tempo, ARRANGER_SLOWEST), ARRANGER_FASTEST);
}

int given_prime_read(const Song *song, GivenPrime *prime, Error *error) {
    Song told = *song; /* for another quarter note; all else is the song's */
    *prime = (GivenPrime){.tonic = song_estimate_key(song).tonic, .tempo = choose_quarter(&told)};
    if (!has_pitched_note(song))
        return error_set(error, "the piece to continue has no pitched note");
    if (lead_extract(&told, &prime->sheet, error))
        return error_context(error, "the piece to continue cannot be arranged, only performed "
                                    "(--style performed)");
    if (!check_meters(song, prime->sheet.head.meter, error))
        return 0;
    given_prime_free(prime);
    return -1;
}

void given_prime_free(GivenPrime *prime) {
    lead_sheet_free(&prime->sheet);
}
