using System.Formats.Tar;
using Slipway.Api;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;

namespace Slipway.Cli.Data.Sources;

/// <summary>
/// Puts what is elsewhere: a file at a web address, all that an index page links beneath it, the objects below a prefix of a bucket. Each is read while it is sent, and
/// all of it is one commit or nothing.
/// </summary>
internal static class RemotePut
{
    private const long LargestOfGnu = 8L << 30;

    public static bool IsRemote(string source) => IsWeb(source) || source.StartsWith("s3://", StringComparison.Ordinal);

    public static bool IsWeb(string source) =>
        source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    public static Uri Address(string source) => Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && address.Host.Length > 0
        ? address
        : throw new CliException($"'{source}' is no address", "write it as https://host/path", usage: true);

    public static async Task<PutResult> RunAsync(CommandContext context, DataAddress target, string source, PutOptions options, CancellationToken cancellationToken)
    {
        S3Place? place = IsWeb(source) ? null : S3Place.Parse(source, context);
        using WebClient client = new(context, place?.Signer is { } signer ? signer.Sign : null);
        (IReadOnlyList<RemoteFile> files, bool single) = await ListAsync(context, client, place, source, cancellationToken).ConfigureAwait(false);
        if (single)
        {
            DataAddress at = target.Path is null || target.Path.EndsWith('/') ? target.Below(files[0].Name) : target;
            return await PutOneAsync(context, client, at, files[0], options, cancellationToken).ConfigureAwait(false);
        }

        if (options.Append)
        {
            throw new CliException("only a file can be appended, not what is below a prefix", "name one file", usage: true);
        }

        if (files.Count == 0)
        {
            throw new CliException($"there is nothing below {(place is null ? WebClient.Shown(Address(source)) : place.ToString())}, so nothing was put");
        }

        bool known = files.All(static file => file.Size is not null);
        TransferProgress progress = new(context.Time, $"putting {Format.Count(files.Count, "file")}:", known ? files.Sum(static file => file.Size ?? 0) : null);
        using ProgressLine line = new(context, progress.ToString);
        Uri? prefix = place is null ? Address(source) : null;
        Func<Uri, bool> allowed = to => prefix is not null && IndexPage.IsBeneath(to, prefix);
        return await context.Client.PutTarAsync(
            target.ToFile(), options, (destination, token) => SendAsync(client, files, allowed, destination, progress, token), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<(IReadOnlyList<RemoteFile> Files, bool Single)> ListAsync(
        CommandContext context, WebClient client, S3Place? place, string source, CancellationToken cancellationToken)
    {
        string? text = null;
        using ProgressLine line = new(context, () => text);
        Action<int> found = count => text = $"listing: {Format.Count(count, "file")}";
        if (place is not null)
        {
            return await S3Prefix.ListAsync(client, place, found, cancellationToken).ConfigureAwait(false);
        }

        Uri address = Address(source);
        if (address.AbsolutePath.EndsWith('/'))
        {
            return (await HttpPrefix.ListAsync(client, address, found, cancellationToken).ConfigureAwait(false), false);
        }

        string name = RemoteName.Decode(address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..], WebClient.Shown(address));
        return ([new RemoteFile(name, address, null)], true);
    }

    private static async Task<PutResult> PutOneAsync(
        CommandContext context, WebClient client, DataAddress target, RemoteFile file, PutOptions options, CancellationToken cancellationToken)
    {
        TransferProgress? progress = null;
        using ProgressLine line = new(context, () => progress?.ToString());
        using WebStream source = await OpenAsync(client, file, null, count => progress?.Add(count), cancellationToken).ConfigureAwait(false);
        progress = new TransferProgress(context.Time, $"putting {file.Name}:", source.Size);
        return await context.Client.PutFileAsync(
            target.ToFile(), options, executable: false, (destination, token) => source.CopyToAsync(destination, 128 * 1024, token), source.Size, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SendAsync(
        WebClient client, IReadOnlyList<RemoteFile> files, Func<Uri, bool> allowed, Stream destination, TransferProgress progress, CancellationToken cancellationToken)
    {
        TarWriter writer = new(destination, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            foreach (RemoteFile file in files)
            {
                using WebStream source = await OpenAsync(client, file, allowed, progress.Add, cancellationToken).ConfigureAwait(false);

                // A tar says how long a file is before it, so one of unknown length is kept aside until it is whole.
                using Stream content = source.Size is null ? await SpoolAsync(source, cancellationToken).ConfigureAwait(false) : source;
                TarEntry header = content.Length < LargestOfGnu ? new GnuTarEntry(TarEntryType.RegularFile, file.Name) : new PaxTarEntry(TarEntryType.RegularFile, file.Name);
                header.Mode = (UnixFileMode)0x1A4;
                header.DataStream = content.Length > 0 ? content : null;
                await writer.WriteEntryAsync(header, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<WebStream> OpenAsync(WebClient client, RemoteFile file, Func<Uri, bool>? allowed, Action<long> read, CancellationToken cancellationToken)
    {
        WebStream source = await WebStream.OpenAsync(client, file.Address, allowed, read, cancellationToken).ConfigureAwait(false);
        if (file.Size is { } listed && source.Size is { } size && size != listed)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw new CliException($"{WebClient.Shown(file.Address)} has {size} bytes, its listing said {listed}: it changed meanwhile", "nothing was put; try again");
        }

        return source;
    }

    private static async Task<Stream> SpoolAsync(Stream source, CancellationToken cancellationToken)
    {
        FileStream file = new(
            Path.Join(Path.GetTempPath(), $"slipway-{Guid.NewGuid():n}"),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        try
        {
            await source.CopyToAsync(file, 128 * 1024, cancellationToken).ConfigureAwait(false);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
