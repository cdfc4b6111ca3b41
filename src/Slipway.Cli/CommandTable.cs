using Slipway.Cli.Branches;
using Slipway.Cli.Builds;
using Slipway.Cli.Commits;
using Slipway.Cli.Containers;
using Slipway.Cli.Data;
using Slipway.Cli.DataProjects;
using Slipway.Cli.Images;
using Slipway.Cli.Jobs;
using Slipway.Cli.Keys;
using Slipway.Cli.Maintenance;
using Slipway.Cli.Merging;
using Slipway.Cli.Pipelines;
using Slipway.Cli.Projects;
using Slipway.Cli.Registries;
using Slipway.Cli.Servers;
using Slipway.Cli.Transactions;
using Slipway.Cli.Worktrees;

namespace Slipway.Cli;

/// <summary>All commands, in the order of the overview.</summary>
internal static class CommandTable
{
    public static IReadOnlyList<CommandEntry> Entries { get; } =
    [
        new("up", "Bring a project (slipway.yaml) to what it says", CommandGroup.Project),
        new("graph", "Draw how data flows through repos and pipelines", CommandGroup.Project),
        new("lineage", "Show the data, code and image that made a file", CommandGroup.Project),
        new("wait", "Wait for all that a commit causes", CommandGroup.Project),

        new("project create", "Make a project for repos, encrypted or not", CommandGroup.Data),
        new("project ls", "List projects", CommandGroup.Data),
        new("project inspect", "Show a project and its keys", CommandGroup.Data),
        new("project rotate", "Seal new data of a project with a new key", CommandGroup.Data),
        new("project rewrap", "Change the master key", CommandGroup.Data),
        new("repo create", "Create a repo for data", CommandGroup.Data),
        new("repo ls", "List repos", CommandGroup.Data),
        new("repo inspect", "Show a repo and its branches", CommandGroup.Data),
        new("repo rename", "Give a repo another name", CommandGroup.Data),
        new("repo rm", "Delete a repo and its history", CommandGroup.Data),
        new("branch create", "Create a branch, at a commit or empty", CommandGroup.Data),
        new("branch ls", "List the branches of a repo", CommandGroup.Data),
        new("branch inspect", "Show a branch, its head and its trigger", CommandGroup.Data),
        new("branch move", "Move a branch to another commit", CommandGroup.Data),
        new("branch rename", "Give a branch another name", CommandGroup.Data),
        new("branch rm", "Delete branches; their commits stay", CommandGroup.Data),
        new("commit start", "Open a commit to put many files into", CommandGroup.Data),
        new("commit finish", "Finish an open commit", CommandGroup.Data),
        new("commit ls", "List the commits of a repo", CommandGroup.Data),
        new("commit inspect", "Show a commit", CommandGroup.Data),
        new("commit squash", "Make one commit of the last ones of a branch", CommandGroup.Data),
        new("commit drop", "Take a commit away, open or finished", CommandGroup.Data),
        new("commit tag", "Name a commit for good", CommandGroup.Data),
        new("commit tags", "List the tags of a repo", CommandGroup.Data),
        new("commit untag", "Delete tags; their commits stay", CommandGroup.Data),
        new("transaction begin", "Open a transaction over several repos", CommandGroup.Data),
        new("transaction ls", "List the open transactions", CommandGroup.Data),
        new("transaction finish", "Make all of a transaction visible at once", CommandGroup.Data),
        new("transaction drop", "Abandon transactions", CommandGroup.Data),
        new("merge", "Merge a branch into another, path by path", CommandGroup.Data),
        new("revert", "Undo what one commit changed, in a new commit", CommandGroup.Data),
        new("put", "Put files into a repo", CommandGroup.Data),
        new("get", "Get files out of a repo", CommandGroup.Data),
        new("cat", "Print files of a repo", CommandGroup.Data),
        new("ls", "List files of a repo", CommandGroup.Data),
        new("glob", "List what a glob pattern matches", CommandGroup.Data),
        new("diff", "Show the files that differ between two commits", CommandGroup.Data),
        new("status", "Show how a folder differs from a commit", CommandGroup.Data),
        new("checkout", "Bring a folder to a commit, to work in", CommandGroup.Data),
        new("checkin", "Commit what was changed in such a folder", CommandGroup.Data),
        new("find", "List the commits that touched a path", CommandGroup.Data),
        new("log", "Show the history of a repo", CommandGroup.Data),
        new("cp", "Copy files within and between repos; no bytes move", CommandGroup.Data),
        new("mv", "Move files within a branch", CommandGroup.Data),
        new("file rm", "Remove files from a repo", CommandGroup.Data),

        new("pipeline create", "Create pipelines from specifications", CommandGroup.Pipelines),
        new("pipeline update", "Create pipelines or bring them up to date", CommandGroup.Pipelines),
        new("pipeline ls", "List pipelines", CommandGroup.Pipelines),
        new("pipeline inspect", "Show a pipeline and its specification", CommandGroup.Pipelines),
        new("pipeline rm", "Delete a pipeline", CommandGroup.Pipelines),
        new("pipeline graph", "Draw how data flows through repos and pipelines", CommandGroup.Pipelines),
        new("job ls", "List jobs", CommandGroup.Pipelines),
        new("job inspect", "Show a job and its datums", CommandGroup.Pipelines),
        new("job kill", "Stop a job", CommandGroup.Pipelines),
        new("job wait", "Wait until a job is done", CommandGroup.Pipelines),

        new("build", "Build an image from a Dockerfile", CommandGroup.Images),
        new("build prune", "Remove cached build steps and cache mounts", CommandGroup.Images),
        new("images", "List images", CommandGroup.Images),
        new("pull", "Bring an image from a registry", CommandGroup.Images),
        new("push", "Bring an image to a registry", CommandGroup.Images),
        new("login", "Remember who you are to a registry", CommandGroup.Images),
        new("logout", "Forget who you are to a registry", CommandGroup.Images),
        new("save", "Write images into a tar", CommandGroup.Images),
        new("load", "Read images from a tar", CommandGroup.Images),
        new("tag", "Give an image another name", CommandGroup.Images),
        new("rmi", "Remove images", CommandGroup.Images),
        new("image import", "Make an image from a root file system", CommandGroup.Images),
        new("image ls", "List images", CommandGroup.Images),
        new("image inspect", "Show an image", CommandGroup.Images),
        new("image history", "Show the instructions that made an image", CommandGroup.Images),
        new("image diff", "Show the files in which two images differ", CommandGroup.Images),
        new("image provenance", "Print what an image was built from", CommandGroup.Images),
        new("image sbom", "List the packages in an image", CommandGroup.Images),
        new("image copy", "Bring an image from one registry to another", CommandGroup.Images),
        new("image tag", "Give an image another name", CommandGroup.Images),
        new("image rm", "Remove images", CommandGroup.Images),
        new("image prune", "Remove images that nothing uses", CommandGroup.Images),
        new("image save", "Write images into a tar", CommandGroup.Images),
        new("image load", "Read images from a tar", CommandGroup.Images),
        new("image export", "Write an image's files into a tar", CommandGroup.Images),

        new("run", "Run a command in a new container", CommandGroup.Containers),
        new("ps", "List containers", CommandGroup.Containers),
        new("logs", "Print the output of a container or a job", CommandGroup.Containers),
        new("exec", "Run a command in a running container", CommandGroup.Containers),
        new("inspect", "Show a container", CommandGroup.Containers),
        new("start", "Start containers again", CommandGroup.Containers),
        new("stop", "Stop containers", CommandGroup.Containers),
        new("kill", "Send a signal to containers", CommandGroup.Containers),
        new("rm", "Remove containers", CommandGroup.Containers),

        new("gc", "Remove what nothing needs any more", CommandGroup.Server),
        new("verify", "Read stored bytes again and name what is damaged", CommandGroup.Server),
        new("du", "Show how much room repos and commits take", CommandGroup.Server),
        new("system df", "Show what takes how much room", CommandGroup.Server),
        new("purge", "Remove content from all history", CommandGroup.Server),
        new("purge list", "Show what was purged, when, by whom and why", CommandGroup.Server),
        new("purge allow", "Let bytes that were purged be put again", CommandGroup.Server),
        new("retention set", "Say how long a branch keeps the files of its commits", CommandGroup.Server),
        new("retention ls", "List the retention of branches", CommandGroup.Server),
        new("retention inspect", "Show which commits lose their files next", CommandGroup.Server),
        new("retention rm", "Let a branch keep everything again", CommandGroup.Server),
        new("key create", "Make an access key for the TCP port and S3", CommandGroup.Server),
        new("key ls", "List access keys", CommandGroup.Server),
        new("key rm", "Delete an access key", CommandGroup.Server),
        new("serve", "Run the server in this terminal", CommandGroup.Server),
        new("daemon status", "Say whether the local server runs", CommandGroup.Server),
        new("daemon stop", "Stop the local server", CommandGroup.Server),
        new("info", "Show the server, its runtime and its store", CommandGroup.Server),
        new("version", "Show the versions of client and server", CommandGroup.Server),
        new("completion", "Print a completion script for a shell", CommandGroup.Server),
    ];

    /// <summary>Other words for a first word, which people bring along.</summary>
    private static readonly string[][] Synonyms =
    [
        ["list", "ls"], ["delete", "rm"], ["delete", "drop"], ["remove", "rm"], ["repos", "repo"], ["branches", "branch"], ["pipelines", "pipeline"], ["jobs", "job"], ["commits", "commit"],
    ];

    /// <summary>The command that the first words name, its path, and how many words did; null when none does.</summary>
    public static (string Path, CliCommand Command, int Words)? Find(IReadOnlyList<string> words)
    {
        if (words.Count == 0 || words[0].Contains(' ', StringComparison.Ordinal))
        {
            return null;
        }

        if (words.Count > 1)
        {
            foreach (string first in Spellings(words[0]))
            {
                foreach (string second in Spellings(words[1]))
                {
                    string path = $"{first} {second}";
                    if (Create(path) is { } command)
                    {
                        return (path, command, 2);
                    }
                }
            }
        }

        return Create(words[0]) is { } single ? (words[0], single, 1) : null;
    }

    /// <summary>The commands below a word such as "repo"; empty when it is none.</summary>
    public static IReadOnlyList<CommandEntry> Below(string word)
    {
        List<CommandEntry> found = [];
        foreach (CommandEntry entry in Entries)
        {
            int space = entry.Path.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && Is(entry.Path.AsSpan(0, space), word))
            {
                found.Add(entry);
            }
        }

        return found;
    }

    private static bool Is(ReadOnlySpan<char> name, string word)
    {
        foreach (string spelling in Spellings(word))
        {
            if (name.SequenceEqual(spelling))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A word and what it may stand for.</summary>
    private static List<string> Spellings(string word)
    {
        List<string> spellings = [word];
        foreach (string[] synonym in Synonyms)
        {
            if (word == synonym[0])
            {
                spellings.Add(synonym[1]);
            }
        }

        return spellings;
    }

    /// <summary>A command of <see cref="Entries"/>. A table of functions would make all of them at every start, for the one that is asked for.</summary>
    private static CliCommand? Create(string path) => path switch
    {
        "up" => new UpCommand(),
        "graph" => new GraphCommand(),
        "lineage" => new LineageCommand(),
        "wait" => new WaitCommand(),
        "project create" => new DataProjectCreateCommand(),
        "project ls" => new DataProjectListCommand(),
        "project inspect" => new DataProjectInspectCommand(),
        "project rotate" => new DataProjectRotateCommand(),
        "project rewrap" => new DataProjectRewrapCommand(),
        "repo create" => new RepoCreateCommand(),
        "repo ls" => new RepoListCommand("ls"),
        "repo inspect" => new RepoInspectCommand(),
        "repo rename" => new RepoRenameCommand(),
        "repo rm" => new RepoRemoveCommand(),
        "branch create" => new BranchCreateCommand(),
        "branch ls" => new BranchListCommand(),
        "branch inspect" => new BranchInspectCommand(),
        "branch move" => new BranchMoveCommand(),
        "branch rename" => new BranchRenameCommand(),
        "branch rm" => new BranchRemoveCommand(),
        "commit start" => new CommitStartCommand(),
        "commit finish" => new CommitFinishCommand(),
        "commit ls" => new CommitListCommand("ls"),
        "commit inspect" => new CommitInspectCommand(),
        "commit squash" => new CommitSquashCommand(),
        "commit drop" => new CommitDropCommand(),
        "commit tag" => new CommitTagCommand(),
        "commit tags" => new CommitTagsCommand(),
        "commit untag" => new CommitUntagCommand(),
        "transaction begin" => new TransactionBeginCommand(),
        "transaction ls" => new TransactionListCommand(),
        "transaction finish" => new TransactionFinishCommand(),
        "transaction drop" => new TransactionDropCommand(),
        "merge" => new MergeCommand(),
        "revert" => new RevertCommand(),
        "put" => new PutCommand(),
        "get" => new GetCommand(),
        "cat" => new CatCommand(),
        "ls" => new ListCommand(),
        "glob" => new GlobCommand(),
        "diff" => new DiffCommand(),
        "status" => new StatusCommand(),
        "checkout" => new CheckoutCommand(),
        "checkin" => new CheckinCommand(),
        "find" => new FindCommand(),
        "log" => new CommitListCommand("log"),
        "cp" => new FileCopyCommand(move: false),
        "mv" => new FileCopyCommand(move: true),
        "file rm" => new FileRemoveCommand(),
        "pipeline create" => new PipelinePutCommand(update: false),
        "pipeline update" => new PipelinePutCommand(update: true),
        "pipeline ls" => new PipelineListCommand(),
        "pipeline inspect" => new PipelineInspectCommand(),
        "pipeline rm" => new PipelineRemoveCommand(),
        "pipeline graph" => new GraphCommand(),
        "job ls" => new JobListCommand(),
        "job inspect" => new JobInspectCommand(),
        "job kill" => new JobKillCommand(),
        "job wait" => new JobWaitCommand(),
        "build" => new BuildCommand(),
        "build prune" => new BuildPruneCommand(),
        "images" => new ImageListCommand("images"),
        "pull" => new PullCommand(),
        "push" => new PushCommand(),
        "login" => new LoginCommand(),
        "logout" => new LogoutCommand(),
        "save" => new ImageSaveCommand("save"),
        "load" => new ImageLoadCommand("load"),
        "tag" => new ImageTagCommand(),
        "rmi" => new ImageRemoveCommand("rmi"),
        "image import" => new ImageImportCommand(),
        "image ls" => new ImageListCommand("ls"),
        "image inspect" => new ImageInspectCommand(),
        "image history" => new ImageHistoryCommand(),
        "image diff" => new ImageDiffCommand(),
        "image provenance" => new ImageProvenanceCommand(),
        "image sbom" => new ImageSbomCommand(),
        "image copy" => new ImageCopyCommand(),
        "image tag" => new ImageTagCommand(),
        "image rm" => new ImageRemoveCommand("rm"),
        "image prune" => new ImagePruneCommand(),
        "image save" => new ImageSaveCommand("save"),
        "image load" => new ImageLoadCommand("load"),
        "image export" => new ImageExportCommand(),
        "run" => new RunCommand(),
        "ps" => new PsCommand(),
        "logs" => new LogsCommand(),
        "exec" => new ExecCommand(),
        "inspect" => new InspectCommand(),
        "start" => new StartCommand(),
        "stop" => new StopCommand(),
        "kill" => new KillCommand(),
        "rm" => new RemoveCommand(),
        "gc" => new CollectCommand(),
        "verify" => new VerifyCommand(),
        "du" => new UsageCommand(),
        "system df" => new SystemUsageCommand(),
        "purge" => new PurgeCommand(),
        "purge list" => new PurgeListCommand(),
        "purge allow" => new PurgeAllowCommand(),
        "retention set" => new RetentionSetCommand(),
        "retention ls" => new RetentionListCommand(),
        "retention inspect" => new RetentionInspectCommand(),
        "retention rm" => new RetentionRemoveCommand(),
        "key create" => new KeyCreateCommand(),
        "key ls" => new KeyListCommand(),
        "key rm" => new KeyRemoveCommand(),
        "serve" => new ServeCommand(),
        "daemon status" => new DaemonStatusCommand(),
        "daemon stop" => new DaemonStopCommand(),
        "info" => new InfoCommand(),
        "version" => new VersionCommand(),
        "completion" => new CompletionCommand(),
        _ => null,
    };
}
