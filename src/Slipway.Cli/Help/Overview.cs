namespace Slipway.Cli.Help;

/// <summary>What `slipway` alone says: what it is, where to begin, every command in one line.</summary>
internal static class Overview
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("slipway — build code into images, run them over versioned data, explain every result\n");
        output.WriteLine("First steps:");
        output.WriteLine("  slipway image import rootfs.tar python:3.11    make a base image from a root file system");
        output.WriteLine("  slipway build -t train ./train                 build a Dockerfile into an image");
        output.WriteLine("  slipway run --rm -it train bash                look around in it");
        output.WriteLine("  slipway repo create training                   make a repo for data");
        output.WriteLine("  slipway put training@master:/ -f data/         put a folder into it");
        output.WriteLine("  slipway pipeline create -f train.json          run the image on each change of the data");
        output.WriteLine("  slipway lineage train@master:/model            see what made a result");
        output.WriteLine("  slipway up                                     do all that from a slipway.yaml");
        CommandGroup? group = null;
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            if (entry.Group != group)
            {
                group = entry.Group;
                output.WriteLine($"\n{group}:");
            }

            WriteLine(entry, output);
        }

        output.WriteLine("\nslipway COMMAND --help explains a command, with examples.");
    }

    public static void WriteGroup(string word, IReadOnlyList<CommandEntry> entries, TextWriter output)
    {
        output.WriteLine($"Usage: slipway {word} COMMAND\n\nCommands:");
        foreach (CommandEntry entry in entries)
        {
            WriteLine(entry, output);
        }

        output.WriteLine($"\nslipway {word} COMMAND --help explains a command, with examples.");
    }

    private static void WriteLine(CommandEntry entry, TextWriter output)
    {
        output.Write("  ");
        output.Write(entry.Path.PadRight(20));
        output.WriteLine(entry.Summary);
    }
}
