namespace Slipway.Content.Tests;

/// <summary>A directory of one test's own, removed with all that is in it.</summary>
public sealed class TemporaryDirectory(string parent) : IDisposable
{
    public TemporaryDirectory()
        : this(System.IO.Path.GetTempPath())
    {
    }

    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"slipway-content-{Guid.NewGuid():n}")).FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
