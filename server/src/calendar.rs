//! Days and times in UTC, for people and for names of files.

/// `20261130-003326`
pub fn stamp(seconds: i64) -> String {
    let (date, time) = parts(seconds);
    let ((year, month, day), (hour, minute, second)) = (date, time);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

/// `2026-11-30 00:33`
pub fn minute(seconds: i64) -> String {
    let ((year, month, day), (hour, minute, _)) = parts(seconds);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

type Three = (i64, i64, i64);

fn parts(seconds: i64) -> (Three, Three) {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    (date(days), (second / 3600, second / 60 % 60, second % 60))
}

/// Year, month and day of so many days after 1970-01-01 (Hinnant's `civil_from_days`).
fn date(days: i64) -> Three {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_its_date() {
        for (seconds, name) in [
            (0, "19700101-000000"),
            (951_782_399, "20000228-235959"),
            (951_868_800, "20000301-000000"),
            (1_796_085_206, "20261201-003326"),
            (-1, "19691231-235959"),
        ] {
            assert_eq!(stamp(seconds), name);
        }
        assert_eq!(minute(1_796_085_206), "2026-12-01 00:33");
    }
}
