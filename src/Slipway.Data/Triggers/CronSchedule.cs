using Slipway.Content;

namespace Slipway.Data.Triggers;

/// <summary>
/// Points in time as cron writes them: minute, hour, day of the month, month, day of the week, all in UTC. A field is <c>*</c>, a number, a range
/// <c>a-b</c>, either with a step <c>/n</c>, or a list of these with commas; months and days of the week may be named (<c>jan</c>, <c>mon</c>),
/// Sunday is 0 or 7. Where both kinds of day are restricted, either is enough (crontab(5)). <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>,
/// <c>@monthly</c> and <c>@yearly</c> are short forms.
/// </summary>
public sealed class CronSchedule
{
    // Between two 29ths of February lie at most eight years.
    private const int YearsAhead = 9;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly string _text;
    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _day;
    private readonly CronField _month;
    private readonly CronField _weekday;

    private CronSchedule(string text, string[] fields)
    {
        _text = text;
        _minute = CronField.Parse(fields[0], "minute", 0, 59, []);
        _hour = CronField.Parse(fields[1], "hour", 0, 23, []);
        _day = CronField.Parse(fields[2], "day of the month", 1, 31, []);
        _month = CronField.Parse(fields[3], "month", 1, 12, Months);
        _weekday = CronField.Parse(fields[4], "day of the week", 0, 7, Days);
    }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: names the field that is wrong, or says that the time never comes.</exception>
    public static CronSchedule Parse(string text)
    {
        string full = text.Trim() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            string other => other,
        };
        string[] fields = full.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        const string Form = "Write minute, hour, day, month and day of the week, in UTC: '0 2 * * *' is every night at two.";
        if (fields.Length != 5)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is no schedule: it has {fields.Length} fields, not five", Form);
        }

        try
        {
            CronSchedule schedule = new(text, fields);
            DateTimeOffset anyLeapCycle = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
            return schedule.Find(anyLeapCycle) is not null
                ? schedule
                : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is no schedule: no month has such a day", Form);
        }
        catch (FormatException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is no schedule: {fault.Message}", Form, fault);
        }
    }

    /// <summary>The first time after <paramref name="after"/>: a whole minute, in UTC.</summary>
    public DateTimeOffset Next(DateTimeOffset after) => Find(after)
        ?? throw new SlipwayException(ErrorKind.Internal, $"the schedule '{_text}' has no time after {after:u}");

    /// <inheritdoc/>
    public override string ToString() => _text;

    // Goes on by the largest step that cannot pass a match: month, day, hour, minute.
    private DateTimeOffset? Find(DateTimeOffset after)
    {
        DateTime utc = after.UtcDateTime;
        DateTime at = new DateTime(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, 0, DateTimeKind.Utc).AddMinutes(1);
        DateTime end = at.AddYears(YearsAhead);
        while (at < end)
        {
            if (!_month.Has(at.Month))
            {
                at = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);
            }
            else if (!IsDay(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (!_hour.Has(at.Hour))
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (!_minute.Has(at.Minute))
            {
                at = at.AddMinutes(1);
            }
            else
            {
                return new DateTimeOffset(at, TimeSpan.Zero);
            }
        }

        return null;
    }

    private bool IsDay(DateTime at)
    {
        bool day = _day.Has(at.Day);
        bool weekday = _weekday.Has((int)at.DayOfWeek) || (at.DayOfWeek == DayOfWeek.Sunday && _weekday.Has(7));
        return _day.IsStar || _weekday.IsStar ? day && weekday : day || weekday;
    }
}
