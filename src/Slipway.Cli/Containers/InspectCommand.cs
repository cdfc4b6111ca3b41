using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;
using Slipway.Cli.Output;

namespace Slipway.Cli.Containers;

internal sealed class InspectCommand : CliCommand
{
    private readonly Argument<string> container = Declare.Required("CONTAINER", "Its name or the beginning of its id");
    private readonly Option<string?> format = Declare.Output();

    public InspectCommand()
        : base("inspect", "Show what a container was made from and how it stands")
    {
        Add(container);
        Add(format);
    }

    public override IReadOnlyList<Example> Examples => [new("slipway inspect web -o json", "Everything about the container web, for a program")];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        bool json = Declare.IsJson(parsed.GetValue(format));
        ContainerDetails details = await context.Client.InspectContainerAsync(parsed.GetValue(container)!, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(context, details, ApiJson.Default.ContainerDetails);
            return ExitCodes.Success;
        }

        ContainerSummary summary = details.Summary;
        CreateContainerRequest request = details.Request;
        Facts facts = new();
        facts.Add("id", summary.Id);
        facts.Add("name", summary.Name);
        facts.Add("image", $"{summary.Image} ({details.ImageDigest})");
        facts.Add("command", string.Join(' ', summary.Command));
        facts.Add("status", PsCommand.Status(summary, context.Time.GetUtcNow()));
        facts.Add("process", details.Pid?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        facts.Add("created", Format.Time(summary.Created));
        facts.Add("folder", request.WorkingDirectory);
        facts.Add("user", request.User);
        facts.Add("network", request.Network == ContainerNetwork.Host ? "host" : "none");
        facts.Add("memory", request.MemoryBytes is long bytes ? Format.Bytes(bytes) : null);
        facts.Add("cpus", request.Cpus?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (MountRequest mount in request.Mounts)
        {
            facts.Add("mount", $"{mount.Source} → {mount.Target}{(mount.ReadOnly ? " (read-only)" : "")}");
        }

        foreach (string variable in request.Environment)
        {
            facts.Add("env", variable);
        }

        facts.Write(context.Out);
        return ExitCodes.Success;
    }
}
