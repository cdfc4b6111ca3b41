namespace Slipway.Cli.Images;

/// <summary>Prints a document as the server has it.</summary>
internal static class DocumentOutput
{
    public static async Task<int> PrintAsync(CommandContext context, Stream document, CancellationToken cancellationToken)
    {
        using StreamReader text = new(document);
        context.Out.WriteLine(await text.ReadToEndAsync(cancellationToken).ConfigureAwait(false));
        return ExitCodes.Success;
    }
}
