//! Moments in words, in the zone of whoever looks. Pure: the zone and the present are arguments.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The zone and the present moment, for all words about time in one frame.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Where the reader is.
    pub zone: TimeZone,
    /// Now, in ms since 1970.
    pub now_ms: u64,
}

impl Clock {
    /// The system's zone and time.
    pub fn system(zone: &TimeZone) -> Self {
        let now = Timestamp::now().as_millisecond();
        Self {
            zone: zone.clone(),
            now_ms: u64::try_from(now).unwrap_or_default(),
        }
    }

    /// Hours and minutes: "18:24". A moment that no calendar has is "--:--".
    pub fn time(&self, ms: u64) -> String {
        self.zoned(ms).map_or_else(
            || "--:--".to_owned(),
            |zoned| zoned.strftime("%H:%M").to_string(),
        )
    }

    /// Day and time, for a tooltip: "Saturday, 21 November 2026, 21:40".
    pub fn full(&self, ms: u64) -> String {
        self.zoned(ms).map_or_else(
            || "at an impossible time".to_owned(),
            |zoned| zoned.strftime("%A, %-d %B %Y, %H:%M").to_string(),
        )
    }

    /// The day in words: "Today", "Yesterday", "Saturday, 21 November", with the year if it is another one.
    pub fn day(&self, ms: u64) -> String {
        let (Some(zoned), Some(now)) = (self.zoned(ms), self.zoned(self.now_ms)) else {
            return "Some day".to_owned();
        };
        let (day, today) = (zoned.date(), now.date());
        if day == today {
            return "Today".to_owned();
        }
        if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
            return "Yesterday".to_owned();
        }
        let format = if day.year() == today.year() {
            "%A, %-d %B"
        } else {
            "%A, %-d %B %Y"
        };
        zoned.strftime(format).to_string()
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

    fn zoned(&self, ms: u64) -> Option<jiff::Zoned> {
        let ms = i64::try_from(ms).ok()?;
        let moment = Timestamp::from_millisecond(ms).ok()?;
        Some(moment.to_zoned(self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2026-11-22 18:45 UTC.
    const NOW: u64 = 1_795_373_100_000;
    const HOUR: u64 = 3_600_000;

    fn clock(hours_east: i8) -> Clock {
        Clock {
            zone: TimeZone::fixed(jiff::tz::offset(hours_east)),
            now_ms: NOW,
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
    fn nonsense_does_not_panic() {
        assert_eq!(clock(0).time(u64::MAX), "--:--");
        assert_eq!(clock(0).day(u64::MAX), "Some day");
        assert_eq!(clock(14).time(0), "14:00");
    }
}
