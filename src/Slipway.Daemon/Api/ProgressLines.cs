using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace Slipway.Daemon.Api;

/// <summary>Answers with a stream of records while some work goes on: its steps as they come, its result last.</summary>
internal static class ProgressLines
{
    private const int MostWaiting = 64;

    /// <summary>Runs <paramref name="work"/> and sends what it reports. Where the client is slow, steps are left out.</summary>
    public static async Task SendAsync<TStep, TLine>(
        HttpContext http, Func<TStep, TLine> lineOf, Func<IProgress<TStep>, Task<TLine>> work, JsonTypeInfo<TLine> json)
    {
        Channel<TLine> lines = Channel.CreateBounded<TLine>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        Task<TLine> running = RunAsync(work, new Reporter<TStep>(step => lines.Writer.TryWrite(lineOf(step))), lines.Writer);
        Answer.BeginLines(http);
        await foreach (TLine line in lines.Reader.ReadAllAsync(http.RequestAborted))
        {
            await Answer.LineAsync(http, line, json, flush: true);
        }

        await Answer.LineAsync(http, await running, json, flush: true);
    }

    private static async Task<TLine> RunAsync<TStep, TLine>(Func<IProgress<TStep>, Task<TLine>> work, IProgress<TStep> progress, ChannelWriter<TLine> lines)
    {
        try
        {
            return await work(progress);
        }
        finally
        {
            lines.Complete();
        }
    }

    private sealed class Reporter<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
