using FsCheck;
using FsCheck.Fluent;
using Slipway.Content;
using Slipway.Data.Triggers;

namespace Slipway.Data.Tests.Triggers;

public sealed class CronScheduleTests
{
    private static readonly DateTime Start = new(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("0 2 * * *", "2026-11-21T01:59:30Z", "2026-11-21T02:00:00Z")]
    [InlineData("0 2 * * *", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z")]
    [InlineData("*/15 9-17 * * mon-fri", "2026-11-20T17:45:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z")]
    [InlineData("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 13 * fri", "2026-11-10T00:00:00Z", "2026-11-13T00:00:00Z")]
    [InlineData("0 0 13 * fri", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z")]
    [InlineData("0 0 */2 * 1", "2026-11-03T00:00:00Z", "2026-11-09T00:00:00Z")]
    [InlineData("0 0 * * 7", "2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("5,10-12 4 * jan,Jul *", "2026-11-21T00:00:00Z", "2027-01-01T04:05:00Z")]
    [InlineData("7/20 * * * *", "2026-11-21T00:08:00Z", "2026-11-21T00:27:00Z")]
    [InlineData("@weekly", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("@hourly", "2026-11-21T00:00:00+01:00", "2026-11-21T00:00:00Z")]
    public void Finds_the_next_time(string schedule, string after, string next) => Assert.Equal(
        DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture),
        CronSchedule.Parse(schedule).Next(DateTimeOffset.Parse(after, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("", "0 fields")]
    [InlineData("* * * *", "4 fields")]
    [InlineData("60 * * * *", "minute")]
    [InlineData("* 5-3 * * *", "hour goes from 5 to 3")]
    [InlineData("* * 0 * *", "day of the month")]
    [InlineData("* * * foo *", "'foo' is no month")]
    [InlineData("* * * * 8", "day of the week")]
    [InlineData("*/0 * * * *", "step of 0")]
    [InlineData("1,,2 * * * *", "'' is no minute")]
    [InlineData("0 0 30 2 *", "no month has such a day")]
    public void Refuses_what_is_none_and_names_the_field(string schedule, string says)
    {
        SlipwayException error = Assert.Throws<SlipwayException>(() => CronSchedule.Parse(schedule));
        Assert.Equal(ErrorKind.InvalidArgument, error.Kind);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_time_matches_and_nothing_between_does()
    {
        Gen<HashSet<int>> minutes = Values(0, 59);
        Gen<HashSet<int>> hours = Values(0, 23);
        Gen<HashSet<int>> days = Values(1, 31);
        Gen<HashSet<int>> weekdays = Values(0, 6);
        Gen<(HashSet<int> M, HashSet<int> H, HashSet<int> D, HashSet<int> W, int At)> any =
            from m in minutes
            from h in hours
            from d in days
            from w in weekdays
            from at in Gen.Choose(0, 3 * 365 * 24 * 60)
            select (m, h, d, w, at);
        Prop.ForAll(any.ToArbitrary(), c => Check(c.M, c.H, c.D, c.W, c.At)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    // An empty set stands for a star.
    private static Gen<HashSet<int>> Values(int low, int high) =>
        Gen.Choose(0, 3).SelectMany(n => Gen.Choose(low, high).ArrayOf(n)).Select(values => values.ToHashSet());

    private static void Check(HashSet<int> minutes, HashSet<int> hours, HashSet<int> days, HashSet<int> weekdays, int startMinute)
    {
        string text = string.Join(' ', new[] { minutes, hours, days, [], weekdays }.Select(s => s.Count == 0 ? "*" : string.Join(',', s)));
        DateTime after = Start.AddMinutes(startMinute).AddSeconds(startMinute % 60);
        DateTime next = CronSchedule.Parse(text).Next(after).UtcDateTime;
        Assert.True(next > after && next.Second == 0);
        Assert.True(Matches(next), $"{text}: {next}");
        DateTime at = new(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0, DateTimeKind.Utc);
        for (at = at.AddMinutes(1); at < next; at = at.AddMinutes(1))
        {
            Assert.False(Matches(at), $"{text}: {at}");
        }

        bool Matches(DateTime time)
        {
            bool day = days.Contains(time.Day);
            bool weekday = weekdays.Contains((int)time.DayOfWeek);
            return (minutes.Count == 0 || minutes.Contains(time.Minute)) && (hours.Count == 0 || hours.Contains(time.Hour))
                && (days.Count == 0 ? weekdays.Count == 0 || weekday : weekdays.Count == 0 ? day : day || weekday);
        }
    }
}
