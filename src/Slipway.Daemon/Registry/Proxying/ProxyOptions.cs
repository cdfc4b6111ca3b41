using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;
using Slipway.Daemon.Hosting;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>What the command line says of upstreams.</summary>
/// <param name="Upstreams">The registries that ours is a cache of, by domain.</param>
/// <param name="Keep">How long what came from them stays after it was last asked for; null: for ever.</param>
/// <param name="Logins">Who we are to them; null: nobody.</param>
internal sealed record ProxyOptions(ImmutableSortedDictionary<string, Upstream> Upstreams, TimeSpan? Keep, UpstreamLogins? Logins)
{
    private const string KeepOption = "--proxy-keep";
    private const int KeepDays = 90;
    private const int MostDays = 36_500;

    /// <summary>Takes its options out of a command line.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: one is malformed, or says nothing without an upstream.</exception>
    public static ProxyOptions Take(ref string[] args)
    {
        ImmutableSortedDictionary<string, Upstream> upstreams = Upstream.TakeAll(ref args);
        string? text = ServeArguments.Take(ref args, KeepOption);
        int days = text is null ? KeepDays
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostDays && !upstreams.IsEmpty ? number
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"slipway serve {KeepOption} takes a number of days beside --proxy, 0 for ever, not '{text}'");
        UpstreamLogins? logins = UpstreamLogins.Take(ref args);
        return logins is not null && upstreams.IsEmpty
            ? throw new SlipwayException(ErrorKind.InvalidArgument, "slipway serve has --proxy-logins and no upstream for them: add --proxy URL")
            : new ProxyOptions(upstreams, days == 0 ? null : TimeSpan.FromDays(days), logins);
    }
}
