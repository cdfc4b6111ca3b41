using Slipway.Api;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data.Sources;

/// <summary>Puts what is in a tar: of a file, of stdin or of a web address. The server refuses names and kinds that a repo cannot hold, and then nothing is put.</summary>
internal static class TarPut
{
    public static async Task<PutResult> RunAsync(CommandContext context, DataAddress target, IReadOnlyList<string> sources, PutOptions options, CancellationToken cancellationToken)
    {
        if (sources is not [{ } source] || options.Append)
        {
            throw new CliException(options.Append ? "what is in a tar cannot be appended" : "--untar takes one tar", "give one -f, without --append", usage: true);
        }

        using WebClient client = new(context);
        TransferProgress? progress = null;
        using ProgressLine line = new(context, () => progress?.ToString());
        (Stream tar, long? size, string name) = await OpenAsync(context, client, source, count => progress?.Add(count), cancellationToken).ConfigureAwait(false);
        using (tar)
        {
            progress = new TransferProgress(context.Time, $"putting what is in {name}:", size);
            return await context.Client.PutTarAsync(
                target.ToFile(), options, (destination, token) => TarSource.CopyAsync(tar, name, destination, token), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<(Stream Tar, long? Size, string Name)> OpenAsync(
        CommandContext context, WebClient client, string source, Action<long> read, CancellationToken cancellationToken)
    {
        if (source == "-")
        {
            return (context.OpenInput(), null, "stdin");
        }

        if (RemotePut.IsWeb(source))
        {
            Uri address = RemotePut.Address(source);
            WebStream web = await WebStream.OpenAsync(client, address, null, read, cancellationToken).ConfigureAwait(false);
            return (web, web.Size, WebClient.Shown(address));
        }

        string path = context.Resolve(source);
        if (RemotePut.IsRemote(source) || Directory.Exists(path))
        {
            throw new CliException($"'{source}' is no tar", "--untar takes a file, - for stdin, or a web address", usage: true);
        }

        if (!File.Exists(path))
        {
            throw new CliException($"there is no file '{source}'");
        }

        FileInfo file = new(path);
        return (new Archives.ExactFile(path, file.Length, read), file.Length, Path.GetFileName(path));
    }
}
