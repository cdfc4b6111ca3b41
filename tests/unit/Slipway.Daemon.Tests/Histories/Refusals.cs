using Slipway.Content;

namespace Slipway.Daemon.Tests.Histories;

/// <summary>Calls that a store must refuse.</summary>
internal static class Refusals
{
    /// <summary>Does something that must be refused with an error of that kind, or must not be refused.</summary>
    /// <param name="mayRefuse">It may be refused too because it needs bytes that were purged.</param>
    public static async Task<T?> TryAsync<T>(ErrorKind? refusal, Func<Task<T>> call, bool mayRefuse = false)
    {
        if (mayRefuse)
        {
            try
            {
                return await call();
            }
            catch (SlipwayException failure) when (failure.Kind == refusal || failure.Message.Contains("purged on", StringComparison.Ordinal))
            {
                return default;
            }
        }

        if (refusal is null)
        {
            return await call();
        }

        SlipwayException refused = await Assert.ThrowsAsync<SlipwayException>(call);
        Assert.Equal(refusal, refused.Kind);
        return default;
    }
}
