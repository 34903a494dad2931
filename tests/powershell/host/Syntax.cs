// What a script may hold: the real parser's verdict, nothing newer than Windows PowerShell 5.1, and,
// for the runtime, the rules that its safety rests on.
#nullable enable
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Connplan.Bench;

internal enum SyntaxKind
{
    Any,
    Runtime,
    Commands,
}

internal static partial class Syntax
{
    private static readonly HashSet<string> ChangingCommands = new(StringComparer.OrdinalIgnoreCase)
    {
        "New-InboundConnector", "Set-InboundConnector", "Remove-InboundConnector",
    };

    private static readonly string[] NewVariables =
    {
        "IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR", "PSStyle", "PSNativeCommandUseErrorActionPreference",
    };

    public static IEnumerable<string> Check(string path, SyntaxKind kind)
    {
        ScriptBlockAst script = Parser.ParseFile(path, out _, out ParseError[] errors);
        foreach (ParseError error in errors)
            yield return At(path, error.Extent, error.Message);
        if (errors.Length > 0)
            yield break;
        foreach (Ast node in script.FindAll(_ => true, searchNestedScriptBlocks: true))
        {
            if (Newer(node) is string what)
                yield return At(path, node.Extent, what + " is newer than Windows PowerShell 5.1");
        }
        foreach (Ast node in script.FindAll(IsHereString, searchNestedScriptBlocks: true))
            yield return At(path, node.Extent, "a here-string");
        IEnumerable<string> further = kind switch
        {
            SyntaxKind.Runtime => new RuntimeRules(path, script).Check().Concat(DataRules.Check(script)
                .Concat(ListRules.Check(script)).Select(problem => At(path, problem.Extent, problem.Message))),
            SyntaxKind.Commands => Commands(path, script),
            _ => [],
        };
        foreach (string problem in further)
            yield return problem;
    }

    private static string At(string path, IScriptExtent extent, string message) =>
        $"{path}:{extent.StartLineNumber}:{extent.StartColumnNumber}: {message}";

    private static string? Newer(Ast node) => node switch
    {
        TernaryExpressionAst => "the ternary operator",
        PipelineChainAst => "a pipeline chain (&&, ||)",
        BinaryExpressionAst { Operator: TokenKind.QuestionQuestion } => "the operator ??",
        AssignmentStatementAst { Operator: TokenKind.QuestionQuestionEquals } => "the operator ??=",
        MemberExpressionAst { NullConditional: true } => "the operator ?.",
        IndexExpressionAst { NullConditional: true } => "the operator ?[]",
        ScriptBlockAst { CleanBlock: not null } => "a clean block",
        PipelineAst { Background: true } => "a background pipeline (&)",
        ConstantExpressionAst number and not StringConstantExpressionAst when NewNumber(number.Extent.Text) =>
            "the number " + number.Extent.Text,
        StringConstantExpressionAst { StringConstantType: StringConstantType.DoubleQuoted } text
            when NewEscape(text.Extent.Text) => "an escape of " + text.Extent.Text,
        ExpandableStringExpressionAst text when NewEscape(text.Extent.Text) => "an escape of " + text.Extent.Text,
        VariableExpressionAst variable when NewVariables.Contains(variable.VariablePath.UserPath,
            StringComparer.OrdinalIgnoreCase) => "the variable $" + variable.VariablePath.UserPath,
        _ => null,
    };

    private static bool IsHereString(Ast node) =>
        node is StringConstantExpressionAst { StringConstantType: StringConstantType.SingleQuotedHereString or
            StringConstantType.DoubleQuotedHereString } or
        ExpandableStringExpressionAst { StringConstantType: StringConstantType.DoubleQuotedHereString };

    private static bool NewNumber(string text) =>
        Regex.IsMatch(text, "^[+-]?(0b|[0-9].*(u|y|n|us|ul|uy|s)$)", RegexOptions.IgnoreCase) &&
        !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private static bool NewEscape(string text) => Regex.IsMatch(text, "(?<!`)(``)*`(u\\{|e)");

    // commands.ps1: New- and Set-InboundConnector with constant arguments, one a statement, nothing else.
    private static IEnumerable<string> Commands(string path, ScriptBlockAst script)
    {
        if (script.ParamBlock != null || script.BeginBlock != null || script.ProcessBlock != null)
            yield return At(path, script.Extent, "commands.ps1 holds plain statements only");
        foreach (StatementAst statement in script.EndBlock.Statements)
        {
            if (statement is not PipelineAst { PipelineElements: [CommandAst { Redirections.Count: 0 } command] } ||
                !ChangingCommands.Contains(command.GetCommandName() ?? ""))
            {
                yield return At(path, statement.Extent, "not a New-, Set- or Remove-InboundConnector command");
                continue;
            }
            foreach (Ast node in command.FindAll(node => !IsConstant(node), searchNestedScriptBlocks: true))
                yield return At(path, node.Extent, "not a constant argument: " + node.Extent.Text);
        }
    }

    private static bool IsConstant(Ast node) => node switch
    {
        CommandAst or CommandParameterAst or ConstantExpressionAst or ArrayLiteralAst or ArrayExpressionAst
            or StatementBlockAst or PipelineAst or CommandExpressionAst or ParenExpressionAst => true,
        VariableExpressionAst variable => variable.VariablePath.UserPath is "true" or "false" or "null",
        BinaryExpressionAst { Operator: TokenKind.Plus } => true,
        UnaryExpressionAst { TokenKind: TokenKind.Join, Child: ArrayExpressionAst } => true,
        ConvertExpressionAst { Type.TypeName.Name: "char" or "string" } => true,
        TypeConstraintAst => true,
        _ => false,
    };

    private sealed class RuntimeRules
    {
        private static readonly char[] Wildcards = ['*', '?', '['];
        private readonly string path;
        private readonly ScriptBlockAst script;
        private readonly HashSet<string> functions;
        private readonly Dictionary<string, HashSet<string>> commands = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

        public RuntimeRules(string path, ScriptBlockAst script)
        {
            this.path = path;
            this.script = script;
            functions = script.FindAll(node => node is FunctionDefinitionAst, true)
                .Select(node => ((FunctionDefinitionAst)node).Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            string list = Path.Combine(AppContext.BaseDirectory, "windows-powershell-5.1.txt");
            foreach (string line in File.ReadLines(list))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length < 2 || words[0] == "#")
                    continue;
                if (words[0] == "command")
                    commands[words[1]] = words.Skip(2).ToHashSet(StringComparer.OrdinalIgnoreCase);
                else
                    names.Add(words[0] + " " + words[1]);
            }
        }

        public IEnumerable<string> Check()
        {
            foreach (Ast node in script.FindAll(_ => true, searchNestedScriptBlocks: true))
            {
                foreach (string problem in Problems(node))
                    yield return At(path, node.Extent, problem);
            }
            foreach (string problem in Waiting())
                yield return problem;
        }

        private IEnumerable<string> Problems(Ast node) => node switch
        {
            CommandAst command => Command(command),
            InvokeMemberExpressionAst { Static: true } call => Listed("static " + Static(call), Count(call)),
            InvokeMemberExpressionAst call => Listed("method " + call.Member.Extent.Text, Count(call)),
            MemberExpressionAst { Static: true } member => Listed("static " + Static(member)),
            BinaryExpressionAst { Operator: TokenKind.Ieq or TokenKind.Ine } equal when Empty(equal.Left) || Empty(equal.Right) =>
                ["a comparison with '' takes some invisible text for empty: ask its length"],
            TypeConstraintAst constraint => Listed("type " + constraint.TypeName.FullName),
            AttributeAst attribute when attribute.TypeName.FullName != "Parameter" =>
                Listed("type " + attribute.TypeName.FullName),
            ExpandableStringExpressionAst text when text.NestedExpressions.Any(HoldsData) =>
                ["data in an expandable string"],
            TypeExpressionAst { Parent: BinaryExpressionAst } type => Listed("type " + type.TypeName.FullName),
            _ => [],
        };

        private static string Static(MemberExpressionAst member) =>
            (member.Expression as TypeExpressionAst)?.TypeName.FullName + "::" + member.Member.Extent.Text;

        // Such a text goes to the screen: what the plan or the tenant says stands there as Format-Plan... shows
        // it, and besides only numbers and words of the runtime.
        private static bool HoldsData(Ast nested) => nested.Find(node => IsData(node) && !IsShown(node, nested),
            searchNestedScriptBlocks: true) != null;

        private static bool IsData(Ast node) => node switch
        {
            MemberExpressionAst member => member.Member.Extent.Text is not ("Count" or "Command" or "Cloud"),
            IndexExpressionAst index => index.Index is not StringConstantExpressionAst,
            VariableExpressionAst { VariablePath.UserPath: "Plan" or "Live" or "_" } => node.Parent is not MemberExpressionAst,
            _ => false,
        };

        private static bool IsShown(Ast node, Ast last)
        {
            for (; node != last; node = node.Parent)
            {
                if (node is CommandAst command && command.GetCommandName() is string name &&
                    (name.StartsWith("Format-Plan", StringComparison.Ordinal) || name == "Get-PlanFingerprint"))
                    return true;
                if (node is MemberExpressionAst { Member: StringConstantExpressionAst { Value: "Count" } })
                    return true;
            }
            return false;
        }

        private static bool Empty(Ast node) => node is StringConstantExpressionAst { Value: "" };

        private static string Count(InvokeMemberExpressionAst call) => "/" + (call.Arguments?.Count ?? 0);

        private IEnumerable<string> Listed(string name, string count = "")
        {
            if (!names.Contains(name) && (count == "" || !names.Contains(name + count)))
                yield return $"not in windows-powershell-5.1.txt: {name}{count}";
        }

        private IEnumerable<string> Command(CommandAst command)
        {
            string? name = command.GetCommandName();
            if (name == null)
            {
                // & $block: a block of this script, handed to a function of this script.
                if (command.CommandElements[0] is not VariableExpressionAst { VariablePath.UserPath: "Read" })
                    yield return "a command whose name is not in the text";
                yield break;
            }
            if (functions.Contains(name))
                yield break;
            if (!commands.TryGetValue(name, out HashSet<string>? allowed))
            {
                yield return "not in windows-powershell-5.1.txt: command " + name;
                yield break;
            }
            foreach (CommandParameterAst parameter in command.CommandElements.OfType<CommandParameterAst>())
            {
                if (!allowed.Contains(parameter.ParameterName))
                    yield return $"not in windows-powershell-5.1.txt: command {name} -{parameter.ParameterName}";
            }
            if (name.EndsWith("InboundConnector", StringComparison.OrdinalIgnoreCase) || allowed.Contains("ErrorAction"))
            {
                if (!HasErrorAction(command))
                    yield return name + " without -ErrorAction of its own";
            }
            if (!ChangingCommands.Contains(name))
                yield break;
            if (!InsideShouldProcess(command))
                yield return name + " outside if ($PSCmdlet.ShouldProcess(...))";
            // An -Identity that names nothing gives every connector: what is piped from there is changed.
            if (command.Parent is PipelineAst { PipelineElements.Count: > 1 })
                yield return name + " in a pipeline";
            if (command.CommandElements.OfType<StringConstantExpressionAst>().Skip(1).Any(text => text.Value.IndexOfAny(Wildcards) >= 0))
                yield return name + " with a wildcard";
        }

        private static bool HasErrorAction(CommandAst command)
        {
            for (int i = 0; i + 1 < command.CommandElements.Count; i++)
            {
                if (command.CommandElements[i] is CommandParameterAst { ParameterName: "ErrorAction" } &&
                    command.CommandElements[i + 1].Extent.Text is "Stop" or "Ignore")
                    return true;
            }
            return false;
        }

        private static bool InsideShouldProcess(Ast node)
        {
            for (Ast child = node, parent = node.Parent; parent != null; child = parent, parent = parent.Parent)
            {
                if (parent is IfStatementAst choice && choice.Clauses.Any(clause => clause.Item2 == child &&
                    clause.Item1.Extent.Text.StartsWith("$PSCmdlet.ShouldProcess(", StringComparison.Ordinal)))
                    return true;
                if (parent is FunctionDefinitionAst)
                    return false;
            }
            return false;
        }

        // All waiting goes through one function: the bench replaces that one.
        private IEnumerable<string> Waiting()
        {
            CommandAst[] sleeps = script.FindAll(node => node is CommandAst command &&
                string.Equals(command.GetCommandName(), "Start-Sleep", StringComparison.OrdinalIgnoreCase), true)
                .Cast<CommandAst>().ToArray();
            if (sleeps.Length != 1 || Owner(sleeps[0]) != "Wait-PlanSecond")
                yield return At(path, script.Extent, "Start-Sleep stands once, in Wait-PlanSecond, and nowhere else");
        }

        private static string? Owner(Ast? node)
        {
            while (node != null && node is not FunctionDefinitionAst)
                node = node.Parent;
            return (node as FunctionDefinitionAst)?.Name;
        }
    }
}
