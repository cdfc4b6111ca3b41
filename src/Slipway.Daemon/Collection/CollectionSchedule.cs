using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;

namespace Slipway.Daemon.Collection;

/// <summary>
/// Collects by itself: once a day, and soon after somebody removed something, but only while no request and no job is under way, so that nobody
/// waits for the disk because of it.
/// </summary>
internal sealed class CollectionSchedule : IAsyncDisposable
{
    /// <summary>How long what nothing uses any more, but might be used again, is kept where nobody says otherwise.</summary>
    public const int KeepDays = 30;

    /// <summary>After how many days an upload in parts that nobody ended is given up.</summary>
    private const int UploadDays = 7;

    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Between = TimeSpan.FromDays(1);

    private readonly StoreCollector _collector;
    private readonly UnpackedLayers _unpacked;
    private readonly BlobLeases _leases;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private DateTimeOffset _last;
    private volatile bool _asked;

    public CollectionSchedule(StoreCollector collector, UnpackedLayers unpacked, BlobLeases leases, TimeProvider time)
    {
        _collector = collector;
        _unpacked = unpacked;
        _leases = leases;
        _time = time;
        _last = time.GetUtcNow();
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>What a collection of this moment takes for dead.</summary>
    /// <param name="keepDays">Null: <see cref="KeepDays"/>.</param>
    public static CollectionRules Rules(TimeProvider time, int? keepDays)
    {
        DateTimeOffset before = time.GetUtcNow() - TimeSpan.FromDays(keepDays ?? KeepDays);
        return new CollectionRules(before, before, time.GetUtcNow() - TimeSpan.FromDays(UploadDays));
    }

    /// <summary>As <see cref="Rules(TimeProvider, int?)"/>, and of the build cache what no build used for a while.</summary>
    /// <param name="ofImages">Steps too whose layer is in an image.</param>
    public static CollectionRules BuildCacheRules(TimeProvider time, TimeSpan unused, bool ofImages) =>
        Rules(time, null) with { CachedStepsBefore = time.GetUtcNow() - unused, ForgetsStepsOfImages = ofImages };

    /// <summary>Asks for a collection as soon as the server is idle: something large was removed.</summary>
    public void Ask() => _asked = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _collector.Dispose();
    }

    private async Task LoopAsync()
    {
        using PeriodicTimer timer = new(Look, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (_leases.Held > 0 || (!_asked && now - _last < Between))
            {
                continue;
            }

            (_asked, _last) = (false, now);
            try
            {
                await _collector.RunAsync(Rules(_time, null), rehearse: false, null, _stop.Token);
                await _unpacked.TryFreeAsync(_stop.Token);
            }
            catch (SlipwayException failure)
            {
                ServerLog.Write($"collection: {failure.Message}");
            }
        }
    }
}
