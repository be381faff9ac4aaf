// Events of an iCalendar file as KCalendarCore reads them (KOrganizer, Kontact). One line each, parted by tabs.
#include <KCalendarCore/ICalFormat>
#include <KCalendarCore/MemoryCalendar>
#include <QTextStream>
#include <QTimeZone>

using namespace KCalendarCore;

int main(int, char **words) {
    MemoryCalendar::Ptr calendar(new MemoryCalendar(QTimeZone::utc()));
    ICalFormat format;
    if (!format.load(calendar, QString::fromLocal8Bit(words[1]))) return 3;
    QTextStream out(stdout);
    out.setCodec("UTF-8");
    for (const Event::Ptr &event : calendar->rawEvents()) {
        QString status = event->status() == Incidence::StatusCanceled    ? QStringLiteral("CANCELLED")
                         : event->status() == Incidence::StatusTentative ? QStringLiteral("TENTATIVE")
                         : event->status() == Incidence::StatusConfirmed ? QStringLiteral("CONFIRMED")
                                                                         : QStringLiteral("none");
        if (!event->allDay()) return 4;
        out << "event\t" << event->uid() << '\t' << event->dtStart().date().toString(Qt::ISODate) << '\t' << status
            << '\t' << event->summary() << '\n';
    }
    return 0;
}
