//! Moments in words, in the zone of whoever looks. Pure: the zone, the clock's hours and the present are arguments; the language is the
//! process's.

use dialtone_words::say;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The zone and the present moment, for all words about time in one frame.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Where the reader is.
    pub zone: TimeZone,
    /// Now, in ms since 1970.
    pub now_ms: u64,
    /// The hours go to twelve, twice a day.
    pub twelve_hours: bool,
}

impl Clock {
    /// The system's zone, habit and time.
    pub fn system(zone: &TimeZone) -> Self {
        let now = Timestamp::now().as_millisecond();
        Self {
            zone: zone.clone(),
            now_ms: u64::try_from(now).unwrap_or_default(),
            twelve_hours: dialtone_words::twelve_hours(),
        }
    }

    /// Hours and minutes: "18:24", or "6:24 pm". A moment that no calendar has is "--:--".
    pub fn time(&self, ms: u64) -> String {
        self.zoned(ms)
            .map_or_else(|| "--:--".to_owned(), |zoned| self.hours(&zoned))
    }

    /// Day and time, for a tooltip: "Saturday, 21 November 2026, 21:40".
    pub fn full(&self, ms: u64) -> String {
        self.zoned(ms).map_or_else(
            || say!("time-impossible").to_owned(),
            |zoned| {
                let day = with_year(zoned.date());
                say!("time-full", day = day, time = self.hours(&zoned))
            },
        )
    }

    /// The day in words: "Today", "Yesterday", "Saturday, 21 November", with the year if it is another one.
    pub fn day(&self, ms: u64) -> String {
        let (Some(zoned), Some(now)) = (self.zoned(ms), self.zoned(self.now_ms)) else {
            return say!("time-some-day").to_owned();
        };
        let (day, today) = (zoned.date(), now.date());
        if day == today {
            return say!("time-today").to_owned();
        }
        if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
            return say!("time-yesterday").to_owned();
        }
        if day.year() != today.year() {
            return with_year(day);
        }
        let (weekday, month) = (weekday(day), month(day));
        say!(
            "time-day",
            weekday = weekday,
            day = day.day(),
            month = month
        )
    }

    fn hours(&self, zoned: &Zoned) -> String {
        if !self.twelve_hours {
            return zoned.strftime("%H:%M").to_string();
        }
        let time = zoned.strftime("%-I:%M").to_string();
        if zoned.hour() < 12 {
            say!("time-am", time = time)
        } else {
            say!("time-pm", time = time)
        }
    }

    /// That hour of tomorrow, in ms since 1970; nothing where no calendar has it.
    pub fn tomorrow_at(&self, hour: i8) -> Option<u64> {
        let tomorrow = self.zoned(self.now_ms)?.date().tomorrow().ok()?;
        let at = tomorrow
            .at(hour, 0, 0, 0)
            .to_zoned(self.zone.clone())
            .ok()?;
        u64::try_from(at.timestamp().as_millisecond()).ok()
    }

    /// The calendar day, to tell days apart.
    pub fn date(&self, ms: u64) -> Option<Date> {
        self.zoned(ms).map(|zoned| zoned.date())
    }

    fn zoned(&self, ms: u64) -> Option<Zoned> {
        let ms = i64::try_from(ms).ok()?;
        let moment = Timestamp::from_millisecond(ms).ok()?;
        Some(moment.to_zoned(self.zone.clone()))
    }
}

/// A day with its year: "Saturday, 21 November 2026".
pub(crate) fn with_year(day: Date) -> String {
    let (weekday, month) = (weekday(day), month(day));
    // As text: a year is no number that a language would group.
    let year = day.year().to_string();
    say!(
        "time-day-year",
        weekday = weekday,
        day = day.day(),
        month = month,
        year = year
    )
}

/// A month with its year, over the days of it: "November 2026".
pub(crate) fn month_and_year(day: Date) -> String {
    let year = day.year().to_string();
    let mut words = say!("time-month-year", month = month(day), year = year);
    // It stands alone, where some languages write months small within a sentence.
    if let Some(first) = words.chars().next() {
        words.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    words
}

/// The days of a week from Monday on, in two letters.
pub(crate) fn short_weekdays() -> [&'static str; 7] {
    [
        say!("time-short-monday"),
        say!("time-short-tuesday"),
        say!("time-short-wednesday"),
        say!("time-short-thursday"),
        say!("time-short-friday"),
        say!("time-short-saturday"),
        say!("time-short-sunday"),
    ]
}

fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => say!("time-monday"),
        Weekday::Tuesday => say!("time-tuesday"),
        Weekday::Wednesday => say!("time-wednesday"),
        Weekday::Thursday => say!("time-thursday"),
        Weekday::Friday => say!("time-friday"),
        Weekday::Saturday => say!("time-saturday"),
        Weekday::Sunday => say!("time-sunday"),
    }
}

fn month(day: Date) -> &'static str {
    match day.month() {
        1 => say!("time-january"),
        2 => say!("time-february"),
        3 => say!("time-march"),
        4 => say!("time-april"),
        5 => say!("time-may"),
        6 => say!("time-june"),
        7 => say!("time-july"),
        8 => say!("time-august"),
        9 => say!("time-september"),
        10 => say!("time-october"),
        11 => say!("time-november"),
        _ => say!("time-december"),
    }
}

#[cfg(test)]
mod tests {
    use dialtone_words::{Language, within};

    use super::*;

    // 2026-11-22 18:45 UTC.
    const NOW: u64 = 1_795_373_100_000;
    const HOUR: u64 = 3_600_000;

    fn clock(hours_east: i8) -> Clock {
        Clock {
            zone: TimeZone::fixed(jiff::tz::offset(hours_east)),
            now_ms: NOW,
            twelve_hours: false,
        }
    }

    #[test]
    fn the_zone_decides_hour_and_day() {
        assert_eq!(clock(0).time(NOW), "18:45");
        assert_eq!(clock(2).time(NOW), "20:45");
        assert_eq!(clock(0).day(NOW), "Today");
        assert_eq!(clock(0).day(NOW - 19 * HOUR), "Yesterday");
        assert_eq!(clock(2).day(NOW - 19 * HOUR), "Today");
    }

    #[test]
    fn tomorrow_begins_where_the_reader_is() {
        // 18:45 here, and 08:45 of the next day fourteen hours further east.
        let here = clock(0).tomorrow_at(8).unwrap();
        assert_eq!(
            (clock(0).time(here), here - NOW),
            ("08:00".to_owned(), 13 * HOUR + HOUR / 4)
        );
        let east = clock(14).tomorrow_at(8).unwrap();
        assert_eq!(east - NOW, 23 * HOUR + HOUR / 4);
    }

    #[test]
    fn far_days_have_names_and_years() {
        assert_eq!(clock(0).day(NOW - 48 * HOUR), "Friday, 20 November");
        assert!(clock(0).day(NOW - 400 * 24 * HOUR).ends_with("2025"));
    }

    #[test]
    fn each_language_has_its_days() {
        let before = NOW - 48 * HOUR;
        for (language, yesterday, day, full) in [
            (
                Language::German,
                "Gestern",
                "Freitag, 20. November",
                "Freitag, 20. November 2026, 18:45",
            ),
            (
                Language::French,
                "Hier",
                "Vendredi 20 novembre",
                "Vendredi 20 novembre 2026, 18:45",
            ),
            (
                Language::Spanish,
                "Ayer",
                "Viernes, 20 de noviembre",
                "Viernes, 20 de noviembre de 2026, 18:45",
            ),
            (
                Language::Swedish,
                "I går",
                "Fredag 20 november",
                "Fredag 20 november 2026 18:45",
            ),
            (
                Language::English,
                "Yesterday",
                "Friday, 20 November",
                "Friday, 20 November 2026, 18:45",
            ),
        ] {
            within(language, || {
                assert_eq!(clock(0).day(NOW - 24 * HOUR), yesterday);
                assert_eq!(clock(0).day(before), day);
                assert_eq!(clock(0).full(before), full);
            });
        }
    }

    #[test]
    fn twelve_hours_are_said_with_their_half() {
        let mut clock = clock(0);
        clock.twelve_hours = true;
        assert_eq!(clock.time(NOW), "6:45 pm");
        assert_eq!(clock.time(NOW - 12 * HOUR), "6:45 am");
        assert_eq!(clock.time(0), "12:00 am");
        assert_eq!(clock.time(12 * HOUR), "12:00 pm");
        let spanish = within(Language::Spanish, || clock.time(NOW));
        assert_eq!(spanish, "6:45 p. m.");
    }

    #[test]
    fn nonsense_does_not_panic() {
        assert_eq!(clock(0).time(u64::MAX), "--:--");
        assert_eq!(clock(0).day(u64::MAX), "Some day");
        assert_eq!(clock(14).time(0), "14:00");
    }
}
