using Slipway.Content;

namespace Slipway.Images.Client;

/// <summary>The bytes of a content that is fetched over a connection which may break, or fall silent for half a minute: it is then asked for the rest.</summary>
/// <param name="open">Opens the content at an offset.</param>
/// <param name="report">Told of each number of bytes that came.</param>
internal sealed class ResumingStream(Func<long, CancellationToken, Task<Stream>> open, long size, Action<long> report, TimeProvider time) : ReadOnlyStream
{
    private const int MostTries = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private Stream? _current;
    private long _given;
    private int _failures;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_given < size && buffer.Length > 0)
        {
            try
            {
                _current ??= await open(_given, cancellationToken);
                int count = await ReadInTimeAsync(_current, buffer, cancellationToken);
                if (count == 0)
                {
                    throw new IOException($"the connection ended {size - _given} bytes early");
                }

                _given += count;
                _failures = 0;
                report(count);
                return count;
            }
            catch (Exception fault) when (fault is IOException or HttpRequestException or SlipwayException { Kind: ErrorKind.Unavailable })
            {
                await CloseAsync();
                if (++_failures == MostTries)
                {
                    throw fault as SlipwayException ?? new SlipwayException(
                        ErrorKind.Unavailable, $"the connection broke {MostTries} times in a row: {fault.Message}", "Try again later: what is here is not fetched twice.", fault);
                }

                await Task.Delay(FirstPause * (1 << _failures), time, cancellationToken);
            }
        }

        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    private async ValueTask<int> ReadInTimeAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(Patience, time);
        using CancellationTokenSource bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await stream.ReadAsync(buffer, bound.Token);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {Patience.TotalSeconds:0} seconds", fault);
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_current is not null)
        {
            await _current.DisposeAsync();
            _current = null;
        }
    }
}
