using System.CommandLine;
using System.Security.Cryptography;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.DataProjects;

internal sealed class DataProjectRewrapCommand : CliCommand
{
    private readonly Option<string?> file = Declare.Text("--new-key-file", null, "PATH", "Holds the new master key: 32 bytes, as they are, in hex or in base64");

    public DataProjectRewrapCommand()
        : base("rewrap", "Change the master key") => Add(file);

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway project rewrap --new-key-file next.key", "Then let the server's SLIPWAY_MASTER_KEY_FILE, or what else it reads, give that key"),
    ];

    public override string Remarks =>
        "The keys of all encrypted projects are wrapped with the new master key, or none; no data is read or written. Every project must be unlocked.";

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(file) ?? throw new CliException("the new master key is missing", "name its file: --new-key-file PATH", usage: true);
        byte[] key;
        try
        {
            key = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the new master key cannot be read: {error.Message}", "check the path and who may read it");
        }

        try
        {
            RewrapInfo done = await context.Client.RewrapAsync(new RewrapRequest(key), cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine($"{done.Projects} project{(done.Projects == 1 ? "" : "s")} wrapped with master key {done.MasterKey}");
            return ExitCodes.Success;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
