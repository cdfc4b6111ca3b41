using System.Text;
using Slipway.Content;
using Slipway.Engine;

namespace Slipway.EndToEnd.Engine;

/// <summary>What one run of a command in a fresh container gave.</summary>
internal sealed record ContainerRun(ExitStatus Exit, string Stdout, string Stderr, ContainerInfo Info)
{
    /// <summary>Creates, attaches, starts, feeds, reads to the end, waits and removes.</summary>
    public static async Task<ContainerRun> OfAsync(EngineFixture fixture, ContainerSpec spec, byte[]? stdin = null)
    {
        ContainerEngine engine = fixture.Engine;
        ContainerInfo container = await engine.CreateAsync(spec with { OpenStdin = stdin is not null }, CancellationToken.None);
        try
        {
            await using ContainerStreams streams = await engine.AttachAsync(container.Id, CancellationToken.None);
            await engine.StartAsync(container.Id, CancellationToken.None);
            Task feeding = FeedAsync(streams, stdin);
            MemoryStream stdout = new();
            MemoryStream stderr = new();
            while (await streams.ReadAsync(CancellationToken.None) is { } chunk)
            {
                (chunk.Stream == StreamKind.Stdout ? stdout : stderr).Write(chunk.Content.Span);
            }

            ExitStatus exit = await engine.WaitAsync(container.Id, CancellationToken.None);
            await feeding;
            return new ContainerRun(exit, Text(stdout), Text(stderr), engine.Get(container.Id.ToString()));
        }
        finally
        {
            await engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
        }
    }

    public static Task<ContainerRun> OfAsync(EngineFixture fixture, params string[] command) => OfAsync(fixture, Spec(fixture, command));

    public static ContainerSpec Spec(EngineFixture fixture, params string[] command) =>
        new() { Image = fixture.Image, Command = command, Ephemeral = true };

    /// <summary>Starts a command that must not start; gives why. An ephemeral container may say so only at its end.</summary>
    public static async Task<SlipwayException> RefusalAsync(EngineFixture fixture, ContainerSpec spec)
    {
        ContainerInfo container = await fixture.Engine.CreateAsync(spec, CancellationToken.None);
        try
        {
            await using ContainerStreams streams = await fixture.Engine.AttachAsync(container.Id, CancellationToken.None);
            SlipwayException fault = await Assert.ThrowsAsync<SlipwayException>(async () =>
            {
                await fixture.Engine.StartAsync(container.Id, CancellationToken.None);
                await fixture.Engine.WaitAsync(container.Id, CancellationToken.None);
            });
            Assert.Null(await streams.ReadAsync(CancellationToken.None));
            return fault;
        }
        finally
        {
            await fixture.Engine.RemoveAsync(container.Id, force: true, CancellationToken.None);
        }
    }

    private static async Task FeedAsync(ContainerStreams streams, byte[]? stdin)
    {
        if (stdin is not null)
        {
            await streams.WriteStdinAsync(stdin, CancellationToken.None);
            await streams.CloseStdinAsync(CancellationToken.None);
        }
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray());
}
