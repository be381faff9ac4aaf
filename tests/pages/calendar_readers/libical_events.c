/* Events of an iCalendar file as libical reads them, and the offset of its zone at moments of UTC.
 * One line each, parted by tabs: event, uid, day, status, summary; or offset, moment, seconds. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *whole(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size) exit(2);
    fclose(file);
    return text;
}

int main(int count, char **words) {
    icalcomponent *calendar = icalparser_parse_string(whole(words[1]));
    if (!calendar) return 3;
    if (icalcomponent_count_errors(calendar)) return 4;
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        struct icaltimetype day = icalcomponent_get_dtstart(event);
        printf("event\t%s\t%04d-%02d-%02d\t%s\t%s\n", icalcomponent_get_uid(event), day.year, day.month, day.day,
               icalproperty_status_to_string(icalcomponent_get_status(event)), icalcomponent_get_summary(event));
    }
    icalcomponent *table = icalcomponent_get_first_component(calendar, ICAL_VTIMEZONE_COMPONENT);
    icaltimezone *zone = icaltimezone_new();
    if (!table || !icaltimezone_set_component(zone, icalcomponent_new_clone(table))) return 5;
    for (int place = 2; place < count; place++) {
        struct icaltimetype moment = icaltime_from_string(words[place]);
        int summer = 0;
        printf("offset\t%s\t%d\n", words[place], icaltimezone_get_utc_offset_of_utc_time(zone, &moment, &summer));
    }
    return 0;
}
