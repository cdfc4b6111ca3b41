namespace Slipway.Daemon.Hosting;

/// <summary>
/// Keeps the removal of layers and the making of them apart: a build reads layers that no image names yet, so nothing may be swept while one runs.
/// Any number of users at once, or one sweeper; a waiting sweeper goes before users that come later, so that it is not kept waiting for ever.
/// </summary>
public sealed class LayerUse : IDisposable
{
    private const int MostUsers = 1024;

    private readonly SemaphoreSlim _places = new(MostUsers, MostUsers);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Runs <paramref name="work"/> while nothing is swept.</summary>
    public async Task UseAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await _places.WaitAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            await work();
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>As <see cref="SweepAsync"/>, but only where nobody uses layers just now; false where somebody does.</summary>
    public async Task<bool> TrySweepAsync(Func<Task> sweep, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        int held = 0;
        try
        {
            while (held < MostUsers && await _places.WaitAsync(0, cancellationToken))
            {
                held++;
            }

            if (held < MostUsers)
            {
                return false;
            }

            await sweep();
            return true;
        }
        finally
        {
            if (held > 0)
            {
                _places.Release(held);
            }

            _turn.Release();
        }
    }

    /// <summary>Runs <paramref name="sweep"/> once nobody uses layers, and keeps new users out meanwhile.</summary>
    public async Task SweepAsync(Func<Task> sweep, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        int held = 0;
        try
        {
            while (held < MostUsers)
            {
                await _places.WaitAsync(cancellationToken);
                held++;
            }

            await sweep();
        }
        finally
        {
            if (held > 0)
            {
                _places.Release(held);
            }

            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _turn.Dispose();
    }
}
