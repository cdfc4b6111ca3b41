using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Archives;
using Slipway.Cli.Options;
using Slipway.Cli.Output;
using Slipway.Cli.Progress;
using Slipway.Linux;

namespace Slipway.Cli.Data;

internal sealed class GetCommand : CliCommand
{
    private readonly Argument<string> source = Declare.Required("REPO@REVISION:/PATH", "A file or folder");
    private readonly Option<string?> output = Declare.Text("--output", "-o", "FILE|FOLDER|-", "Where to; default: its own name here. - is stdout");
    private readonly Option<bool> force = Declare.Flag("--force", "-f", "Overwrite what is there");

    private readonly Option<bool> tar = Declare.Flag("--tar", null, "As a tar, to stdout or to the FILE of -o");

    public GetCommand()
        : base("get", "Get a file or a folder out of a repo")
    {
        Add(source);
        Add(output);
        Add(force);
        Add(tar);
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway get inference@master:/test1.csv", "To ./test1.csv"),
        new("slipway get training@master~1:/ -o before/", "The whole repo as it was one commit ago"),
        new("slipway get training@master:/img --tar | ssh host tar x", "A folder as a stream"),
    ];

    public override string Remarks => "Interrupted, the same command goes on: files that are there with the same bytes stay, and a part of a file is continued.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        DataAddress address = DataAddress.Parse(parsed.GetValue(source)!);
        string? destination = parsed.GetValue(output);
        FileEntry entry = await context.Client.InspectFileAsync(address.ToFile(), cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(tar))
        {
            await WriteTarAsync(context, address, destination, parsed.GetValue(force), cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }

        if (destination == "-")
        {
            await CatCommand.CopyAsync(context, address, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }

        string path = context.Resolve(destination ?? address.Name);
        if (entry.Kind != FileKind.Directory && (Directory.Exists(path) || destination?.EndsWith('/') == true))
        {
            path = Path.Combine(path, address.Name);
        }

        TransferProgress progress = new(context.Time, "getting:", entry.Size);
        using ProgressLine line = new(context, progress.ToString);
        if (entry.Kind == FileKind.Directory && await GetLocalAsync(context, address, path, parsed.GetValue(force), progress, cancellationToken).ConfigureAwait(false) is { } files)
        {
            line.WriteLine(context.Error, $"{Shown(context, path)}/  {Format.Count(files, "file")}, {Format.Bytes(progress.Bytes)}");
            return ExitCodes.Success;
        }

        if (entry.Kind == FileKind.Directory)
        {
            long count = await FolderDownload.WriteAsync(context, address, path, parsed.GetValue(force), progress, cancellationToken).ConfigureAwait(false);
            line.WriteLine(context.Error, $"{Shown(context, path)}/  {Format.Count(count, "file")}, {Format.Bytes(progress.Bytes)}");
            return ExitCodes.Success;
        }

        await new FileDownload(context, parsed.GetValue(force)).WriteAsync(address, entry, path, progress, cancellationToken).ConfigureAwait(false);
        line.WriteLine(context.Error, $"{Shown(context, path)}  {Format.Bytes(entry.Size)}");
        return ExitCodes.Success;
    }

    /// <summary>Asks the local server to write the folder itself; null where it cannot, and the files are fetched.</summary>
    private static async Task<long?> GetLocalAsync(
        CommandContext context, DataAddress address, string path, bool overwrite, TransferProgress progress, CancellationToken cancellationToken)
    {
        if (context.Server.Host is not null)
        {
            return null;
        }

        Directory.CreateDirectory(path);
        string folder = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        FileStatus status = Libc.Status(folder);
        (long files, long bytes) = (0, 0);
        bool done = await context.Client.GetLocalAsync(
            address.ToFile(),
            new LocalGetRequest(new LocalSource(folder, "", Folder: true, status.Device, status.Inode), overwrite),
            report =>
            {
                progress.Add(report.Bytes - bytes);
                (files, bytes) = (report.Files, report.Bytes);
            },
            cancellationToken).ConfigureAwait(false);
        return done ? files : null;
    }

    private static string Shown(CommandContext context, string path) => Path.GetRelativePath(context.WorkingDirectory, path) is var near && near.StartsWith("..", StringComparison.Ordinal) ? path : near;

    /// <summary>To stdout, or to a file that gets its name when it is whole.</summary>
    private static async Task WriteTarAsync(CommandContext context, DataAddress address, string? destination, bool overwrite, CancellationToken cancellationToken)
    {
        await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (destination is null or "-")
        {
            using Stream tar = await context.Client.GetTarAsync(address.ToFile(), cancellationToken).ConfigureAwait(false);
            using Stream output = context.OpenOutput();
            await tar.CopyToAsync(output, 128 * 1024, cancellationToken).ConfigureAwait(false);
            return;
        }

        string path = context.Resolve(destination);
        if (Path.Exists(path) && !overwrite)
        {
            throw new CliException($"{Shown(context, path)} exists already", "add --force to overwrite, or choose another name with -o");
        }

        string part = path + FolderExtraction.PartSuffix;
        TransferProgress progress = new(context.Time, "getting:", null);
        using ProgressLine line = new(context, progress.ToString);
        try
        {
            using (Stream tar = await context.Client.GetTarAsync(address.ToFile(), cancellationToken).ConfigureAwait(false))
            using (FileStream file = new(part, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                byte[] buffer = new byte[128 * 1024];
                int count;
                while ((count = await tar.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    progress.Add(count);
                }
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        line.WriteLine(context.Error, $"{Shown(context, path)}  {Format.Bytes(progress.Bytes)}");
    }
}
