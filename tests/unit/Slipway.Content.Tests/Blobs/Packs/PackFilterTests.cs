using Slipway.Content.Blobs.Packs;

namespace Slipway.Content.Tests.Blobs.Packs;

public sealed class PackFilterTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(49)]
    [InlineData(20_000)]
    public void What_was_added_may_be_there_and_little_else(int count)
    {
        PackFilter filter = new(count);
        for (int i = 0; i < count; i++)
        {
            filter.Add(Digest.Of($"in {i}"));
        }

        Assert.All(Enumerable.Range(0, count), i => Assert.True(filter.MayHold(Digest.Of($"in {i}"))));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => filter.MayHold(Digest.Of($"out {i}"))), 0, 400);
    }
}
