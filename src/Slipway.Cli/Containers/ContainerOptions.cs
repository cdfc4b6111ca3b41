using System.CommandLine;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

/// <summary>What a container is made from, as options.</summary>
internal sealed class ContainerOptions
{
    private readonly Option<string[]?> env = Declare.Texts("--env", "-e", "NAME=VALUE", "Set a variable; NAME alone passes yours on");
    private readonly Option<string[]?> envFile = Declare.Texts("--env-file", null, "FILE", "Read variables, one a line");
    private readonly Option<string[]?> volume = Declare.Texts("--volume", "-v", "SOURCE:TARGET[:ro]", "Bind a folder or file of yours");
    private readonly Option<string?> workdir = Declare.Text("--workdir", "-w", "FOLDER", "Where the command starts");
    private readonly Option<string?> user = Declare.Text("--user", "-u", "USER[:GROUP]", "By name or number");
    private readonly Option<string?> entrypoint = Declare.Text("--entrypoint", null, "PROGRAM", "Instead of the image's; '' for none");
    private readonly Option<string?> memory = Declare.Text("--memory", "-m", "BYTES", "Most memory, as 512m or 2g");
    private readonly Option<string?> cpus = Declare.Text("--cpus", null, "NUMBER", "Most processor time, as 1.5");
    private readonly Option<string?> pids = Declare.Text("--pids-limit", null, "NUMBER", "Most processes");
    private readonly Option<string?> name = Declare.Text("--name", null, "NAME", "Its name; default: one is made up");
    private readonly Option<string?> network = Declare.Text("--network", null, "host|none", "The host's network, or only loopback");
    private readonly Option<string?> hostname = Declare.Text("--hostname", null, "NAME", "Its host name");
    private readonly Option<string[]?> label = Declare.Texts("--label", "-l", "NAME=VALUE", "A label, for filters and people");
    private readonly Option<string?> stopSignal = Declare.Text("--stop-signal", null, "SIGNAL", "What slipway stop sends");

    public void AddTo(Command target)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [env, envFile, volume, workdir, user, entrypoint, memory, cpus, pids, name, network, hostname, label, stopSignal])
        {
            target.Add(option);
        }
    }

    public CreateContainerRequest Read(ParseResult parsed, CommandContext context, string image, string[] command)
    {
        string? program = parsed.GetValue(entrypoint);
        return new CreateContainerRequest
        {
            Image = image,
            Name = parsed.GetValue(name),
            // As docker: another entrypoint takes the image's CMD away, which was written for the old one.
            Command = command.Length > 0 ? command : program is null ? null : [],
            Entrypoint = program is null ? null : program.Length == 0 ? [] : [program],
            Environment = EnvironmentOption.Read(parsed.GetValue(env) ?? [], parsed.GetValue(envFile) ?? [], context.Environment, context.Resolve),
            WorkingDirectory = parsed.GetValue(workdir),
            User = parsed.GetValue(user),
            Mounts = Array.ConvertAll(parsed.GetValue(volume) ?? [], text => Existing(VolumeOption.Parse(text, context.Resolve))),
            MemoryBytes = parsed.GetValue(memory) is string bytes ? Values.Bytes(bytes, "--memory") : null,
            Cpus = parsed.GetValue(cpus) is string count ? Values.Number(count, "--cpus") : null,
            PidsLimit = Values.WholeNumberOrNull(parsed.GetValue(pids), "--pids-limit"),
            Network = parsed.GetValue(network) switch
            {
                null or "host" => ContainerNetwork.Host,
                "none" => ContainerNetwork.None,
                string other => throw new CliException($"there is no network '{other}'", "use --network host or --network none", usage: true),
            },
            Hostname = parsed.GetValue(hostname),
            Labels = Values.Pairs(parsed.GetValue(label), "--label", static _ => ""),
            StopSignal = parsed.GetValue(stopSignal),
        };
    }

    /// <summary>A misspelt source is an error; docker makes an empty folder of it, which is found out late.</summary>
    private static MountRequest Existing(MountRequest mount) => Path.Exists(mount.Source)
        ? mount
        : throw new CliException($"-v: there is no '{mount.Source}'", $"make it first: mkdir -p {mount.Source}", usage: true);
}
