namespace Slipway.Data.Inputs;

/// <summary>An entry of the input cache that stays as it is until this is disposed.</summary>
public sealed class HeldInput : IDisposable
{
    private Action? _release;

    internal HeldInput(string path, Action release) => (Path, _release) = (path, release);

    /// <summary>The file or the folder, for a read-only bind or a hard link. Nobody may write to it.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
