using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Tests.Doubles;

namespace Slipway.Data.Tests.Commits;

public sealed class GlobalIdTests
{
    [Fact]
    public void Is_a_version_7_uuid_of_the_clock()
    {
        ManualTime time = new();
        GlobalId id = GlobalId.New(time);
        Guid uuid = Guid.ParseExact(id.ToString(), "N");
        Assert.Equal((7, 0x8), (uuid.Version, uuid.Variant & 0xC));
        Assert.StartsWith(time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x12"), id.ToString(), StringComparison.Ordinal);
        Assert.Equal(id, GlobalId.Parse(id.ToString()));
    }

    [Fact]
    public void Later_ids_are_greater_down_to_a_microsecond()
    {
        ManualTime time = new();
        GlobalId before = GlobalId.New(time);
        for (int i = 0; i < 2000; i++)
        {
            time.Advance(TimeSpan.FromMicroseconds(1));
            GlobalId after = GlobalId.New(time);
            Assert.True(after > before, $"{after} after {before}");
            Assert.True(string.CompareOrdinal(after.ToString(), before.ToString()) > 0);
            before = after;
        }
    }

    [Fact]
    public void Ids_grow_also_where_the_clock_stands_still_or_goes_back()
    {
        ManualTime time = new();
        GlobalId last = GlobalId.New(time);
        for (int i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(-i));
            GlobalId next = GlobalId.New(time, last);
            Assert.True(next > last);
            last = next;
        }

        GlobalId forged = GlobalId.Parse("0193ffffffff7fffbfffffffffffffff");
        GlobalId beyond = GlobalId.New(new PastTime(), forged);
        Assert.Equal("01940000000070008000000000000000", beyond.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0193FFFFFFFF7FFFBFFFFFFFFFFFFFFF")]
    [InlineData("0193ffff-ffff-7fff-bfff-ffffffffffff")]
    public void Refuses_other_forms(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<SlipwayException>(() => GlobalId.Parse(text)).Kind);

    private sealed class PastTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
