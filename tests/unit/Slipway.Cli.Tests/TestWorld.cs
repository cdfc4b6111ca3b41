using Slipway.Api.Tests;
using Slipway.Cli.Output;
using Slipway.Cli.Servers;

namespace Slipway.Cli.Tests;

/// <summary>A command's world in a test: writers that remember, a clock that stands, a fake server.</summary>
internal sealed class TestWorld : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-cli-").FullName;

    public TestWorld(FakeServer? server = null, byte[]? input = null, TimeProvider? time = null)
    {
        Context = new CommandContext
        {
            Out = Out,
            Error = Error,
            Terminal = TerminalView.Plain,
            Environment = name => Variables.GetValueOrDefault(name),
            UserName = static () => "tester",
            Time = time ?? new StillTime(),
            WorkingDirectory = folder,
            OpenInput = () => new MemoryStream(input ?? []),
            OpenOutput = () => new KeptStream(Bytes),
            OpenErrorOutput = () => new KeptStream(ErrorBytes),
            Server = new ServerAddress(folder, server is null ? "unix:///nowhere/slipway.sock" : server.Path),
        };
    }

    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public Dictionary<string, string> Variables { get; } = [];

    public StringWriter Out { get; } = new() { NewLine = "\n" };

    public StringWriter Error { get; } = new() { NewLine = "\n" };

    public MemoryStream Bytes { get; } = new();

    public MemoryStream ErrorBytes { get; } = new();

    public CommandContext Context { get; }

    public string Folder => folder;

    public Task<int> RunAsync(params string[] args) => CliApp.RunAsync(args, Context, CancellationToken.None);

    public string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class StillTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Passes writes on and survives being closed.</summary>
    private sealed class KeptStream(MemoryStream inner) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
